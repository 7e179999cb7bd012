// The same library from C++: a value that reads as a number.
//
// Usage: train-cpp [STEPS]
#include <attune.h>

#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>

/// A live float.
class Live {
public:
  Live(const std::string &tag, double initial, double minimum, double maximum, bool at_step = false) {
    attune_options_t options{};
    options.at_step = at_step;
    handle = attune_float(tag.c_str(), initial, minimum, maximum, &options);
    if (handle == nullptr) throw std::invalid_argument(attune_last_error());
  }

  operator double() const { return attune_float_value(handle); }

  Live &operator=(double value) {
    if (attune_set_float(handle, value) != ATTUNE_OK) throw std::out_of_range(attune_last_error());
    return *this;
  }

private:
  attune_variable_t *handle;
};

int main(int count, char **words) {
  Live rate("rate", 0.1, 0, 1, true);
  const long steps = count > 1 ? std::atol(words[1]) : 40;
  double weight = 1;
  for (long step = 1; step <= steps; step += 1) {
    weight -= rate * 2 * weight;
    const char *name = "loss";
    const double loss = weight * weight;
    attune_report(step, 1, &name, &loss);
  }
  try {
    rate = 5;
  } catch (const std::out_of_range &refusal) {
    std::printf("%s\n", refusal.what());
  }
  std::printf("weight %a\n", weight);
}
