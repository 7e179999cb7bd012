/* Gradient descent on a parabola that can be tuned while it runs, in C.
 *
 * Usage: train [STEPS]; meanwhile in another terminal: attune set rate=0.2, attune fire save. */
#include <attune.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const char *refuse_odd_batches(double value, void *context) {
  return fmod(value, *(const double *)context) == 0 ? NULL : "it must be a multiple of 8";
}

static attune_variable_t *needed(attune_variable_t *variable) {
  if (variable == NULL) {
    fprintf(stderr, "train: %s\n", attune_last_error());
    exit(1);
  }
  return variable;
}

int main(int count, char **words) {
  static double eight = 8;
  const attune_options_t at_step = {.help = "size of a step down the gradient", .at_step = true, .log_scale = true};
  const attune_options_t batches = {.unit = "samples", .refuse_number = refuse_odd_batches, .context = &eight};
  const char *const solvers[] = {"sgd", "signed"};

  attune_variable_t *rate = needed(attune_float("rate", 0.1, 1e-6, 1.0, &at_step));
  attune_variable_t *batch = needed(attune_int("batch", 32, 8, INT64_MAX, &batches));
  attune_variable_t *solver = needed(attune_choice("solver", "sgd", solvers, 2, NULL));
  attune_trigger_t *save = attune_trigger("save", true);

  const int64_t steps = count > 1 ? atoll(words[1]) : 40;
  static char payload[ATTUNE_PAYLOAD_SIZE];
  double weight = 1.0;
  for (int64_t step = 1; step <= steps; step += 1) {
    char name[32];
    attune_string_value(solver, name, sizeof name);
    const double gradient = 2 * weight;
    weight -= attune_float_value(rate) * (name[1] == 'g' ? gradient : copysign(1, gradient));
    const double loss = weight * weight;
    attune_report(step, 1, (const char *const[]){"loss"}, &loss);
    if (attune_is_changed(rate)) printf("step %lld: rate %g\n", (long long)step, attune_float_value(rate));
    while (attune_take_payload(save, payload, sizeof payload) >= 0) printf("step %lld: saved %s\n", (long long)step, payload);
  }
  if (attune_set_int(batch, 33) == ATTUNE_REFUSED) printf("%s\n", attune_last_error());
  printf("weight %a\n", weight);
  return 0;
}
