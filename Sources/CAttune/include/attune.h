/// Live variables and triggers for C and C++: values that people change while the program runs. Docs/C.md has a guide.
///
/// Every function may be called from any thread. None ends the program, and none waits, but attune_report and attune_step while the
/// program is paused, and attune_finish. What is declared lives until the process ends. A null handle is no variable: it reads as the
/// type's zero (nan for a float), and setting it is refused.
#ifndef ATTUNE_H
#define ATTUNE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// What the functions that can fail return; attune_last_error says it in words.
enum {
  ATTUNE_OK = 0,
  /// A range, a type or a validator said no. Nothing was changed.
  ATTUNE_REFUSED = 1,
  /// The caller's mistake: a null pointer, a text that is no UTF-8, a number that cannot be.
  ATTUNE_INVALID = 2
};

/// Bytes that hold the payload of any firing, with its end.
#define ATTUNE_PAYLOAD_SIZE 65537

/// A value that can be changed while the program runs.
typedef struct attune_variable_s attune_variable_t;
/// A button that can be pressed while the program runs.
typedef struct attune_trigger_s attune_trigger_t;

/// What a variable says of itself besides. All zero is a good start; texts are copied.
typedef struct attune_options_s {
  /// The unit of its values, e.g. "s"; null for none.
  const char *unit;
  /// What it does, in a sentence; null for nothing.
  const char *help;
  /// What it is shown together with; null for nothing.
  const char *group;
  /// The distance of two values on a slider; a hint, not checked; 0 for none.
  double slider_step;
  /// A slider shows it on a logarithmic scale.
  bool log_scale;
  /// Accepted values take effect at the next attune_report or attune_step, not at once.
  bool at_step;
  /// Gives the reason why a number is refused, or null. Called on another thread; the text must stay valid.
  const char *(*refuse_number)(double value, void *context);
  /// Gives the reason why a text is refused, or null. Called on another thread; the text must stay valid.
  const char *(*refuse_text)(const char *value, void *context);
  /// Handed to the two.
  void *context;
} attune_options_t;

/// Declares a float between two bounds; -INFINITY and INFINITY for none. `options` may be null, here and below.
/// Returns null for a mistake of the caller's: a null tag, or an initial value outside the bounds.
attune_variable_t *attune_float(const char *tag, double initial, double minimum, double maximum, const attune_options_t *options);
/// Declares an integer between two bounds; INT64_MIN and INT64_MAX for none.
attune_variable_t *attune_int(const char *tag, int64_t initial, int64_t minimum, int64_t maximum, const attune_options_t *options);
/// Declares a truth value.
attune_variable_t *attune_bool(const char *tag, bool initial, const attune_options_t *options);
/// Declares a text.
attune_variable_t *attune_string(const char *tag, const char *initial, const attune_options_t *options);
/// Declares a choice among texts.
attune_variable_t *attune_choice(
  const char *tag, const char *initial, const char *const *choices, size_t count, const attune_options_t *options);

/// What a float or an integer holds now; nan for others.
double attune_float_value(const attune_variable_t *variable);
/// What an integer holds now; 0 for others.
int64_t attune_int_value(const attune_variable_t *variable);
/// What a truth value holds now; false for others.
bool attune_bool_value(const attune_variable_t *variable);
/// Writes what a text or a choice holds now, with its end, as far as it fits.
/// Returns the bytes of the whole text, without its end: it was cut off when that is `size` or more.
size_t attune_string_value(const attune_variable_t *variable, char *buffer, size_t size);
/// Whether it was changed since this was last asked.
bool attune_is_changed(attune_variable_t *variable);

/// Changes a float or an integer from within the program. Returns ATTUNE_OK or another code.
int attune_set_float(attune_variable_t *variable, double value);
/// Changes an integer or a float.
int attune_set_int(attune_variable_t *variable, int64_t value);
/// Changes a truth value.
int attune_set_bool(attune_variable_t *variable, bool value);
/// Changes a text or a choice.
int attune_set_string(attune_variable_t *variable, const char *value);

/// Declares a trigger; `counted`: two presses before it is asked are two firings. Returns null for a mistake of the caller's.
attune_trigger_t *attune_trigger(const char *tag, bool counted);
/// Whether it was fired since this was last asked.
bool attune_fired(attune_trigger_t *trigger);
/// Like attune_fired, and writes the payload as JSON text, with its end, as far as it fits; ATTUNE_PAYLOAD_SIZE always suffices.
/// Returns -1 when it was not fired, else the bytes of the text, without its end; 0 for a firing without a payload.
int64_t attune_take_payload(attune_trigger_t *trigger, char *buffer, size_t size);

/// Reports metrics of a completed step, counted from 1; 0 for the next. Returns ATTUNE_OK or another code.
int attune_report(int64_t step, size_t count, const char *const *names, const double *values);
/// Tells that so many steps are completed; attune_report does it too. Returns ATTUNE_OK or another code.
int attune_step(int64_t step);
/// The completed steps that the program told; 0 before the first.
int64_t attune_current_step(void);
/// Waits until others have what happened, at most so many seconds. It happens by itself when the program ends.
void attune_finish(double seconds);

/// ATTUNE_SEED, or the value given when there is none: for the program's own generators.
uint64_t attune_seed(uint64_t otherwise);
/// Whether the checkpoint directory may hold a checkpoint to go on from.
bool attune_is_resuming(void);
/// Writes the trial's own directory for checkpoints, with its end, as far as it fits. Returns its bytes; 0 without an experiment.
size_t attune_checkpoint_directory(char *buffer, size_t size);
/// Writes the directory with a copy of the parent's checkpoint, for a trial that descends from another. Returns its bytes; 0 for none.
size_t attune_parent_checkpoint(char *buffer, size_t size);

/// Why the last failing call of this thread failed, in one line; "" when none has. Valid until the thread's next failing call.
const char *attune_last_error(void);

#ifdef __cplusplus
}
#endif
#endif
