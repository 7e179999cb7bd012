#include "attune_curves.h"
#include "exponentials.h"

// Parameters of eight samples, the noise and the weights of the models among them.
typedef struct {
  const double *first;
  long stride;
} parameters;

#define P(i) OF(p.first + (i) * p.stride)

// target += weight · model, at every position. The model is a constant where this is called: what is left of it is one loop.
// Powers of positions are exponentials of a logarithm that is known.
INLINE void add_model(const int model, parameters p, attune_positions at, const d8 *weight, double *target) {
  // A model of fewer parameters leaves the last of these alone; behind the parameters stand the noise and a weight at least.
  const d8 p0 = P(0), p1 = P(1), p2 = P(2), p3 = P(3);
  d8 base = {0}, value;
  if (model == attune_weibull || model == attune_mmf) {
    base = p2;
    take_logarithm(&base);
  } else if (model == attune_hill) {
    base = p2;
    take_logarithm(&base);
    base = p1 * base;
    exponentiate(&base);
  }
  for (long i = 0; i < at.count; i++) {
    const double x = at.x[i], log_x = at.log_x[i];
    switch (model) {
    case attune_vap:  // e^(a + b/x + c ln x)
      value = p0 + p1 / x + p2 * log_x;
      exponentiate(&value);
      break;
    case attune_ilog2: {  // c − a / ln(1 + x)
      d8 shifted = EVERYWHERE(1 + x);
      take_logarithm(&shifted);
      value = p0 - p1 / shifted;
      break;
    }
    case attune_weibull:  // α − (α − β) e^(−(κx)^δ)
      value = p3 * (base + log_x);
      exponentiate(&value);
      value = -value;
      exponentiate(&value);
      value = p0 - (p0 - p1) * value;
      break;
    case attune_pow3:  // c − a x^−α
      value = -p2 * log_x;
      exponentiate(&value);
      value = p0 - p1 * value;
      break;
    case attune_pow4:  // c − (ax + b)^−α
      value = p1 * x + p2;
      take_logarithm(&value);
      value = -p3 * value;
      exponentiate(&value);
      value = p0 - value;
      break;
    case attune_loglog_linear:  // ln(a ln x + b)
      value = p0 * log_x + p1;
      take_logarithm(&value);
      break;
    case attune_mmf:  // α − (α − β) / (1 + (κx)^δ)
      value = p3 * (base + log_x);
      exponentiate(&value);
      value = p0 - (p0 - p1) / (1 + value);
      break;
    case attune_janoschek:  // α − (α − β) e^(−κ x^δ)
      value = p3 * log_x;
      exponentiate(&value);
      value = -p2 * value;
      exponentiate(&value);
      value = p0 - (p0 - p1) * value;
      break;
    case attune_hill:  // θ x^η / (κ^η + x^η)
      value = p1 * log_x;
      exponentiate(&value);
      value = p0 * value / (base + value);
      break;
    case attune_log_power:  // a / (1 + (x / e^b)^c)
      value = p2 * (log_x - p1);
      exponentiate(&value);
      value = p0 / (1 + value);
      break;
    default:  // attune_exp4: c − e^(−a x^α + b)
      value = p3 * log_x;
      exponentiate(&value);
      value = p2 - p1 * value;
      exponentiate(&value);
      value = p0 - value;
    }
    AT(target + i * 8) += *weight * value;
  }
}

INLINE long add_named_model(int model, parameters p, attune_positions at, const d8 *weight, double *target) {
  switch (model) {
  case attune_vap: add_model(attune_vap, p, at, weight, target); return 3;
  case attune_ilog2: add_model(attune_ilog2, p, at, weight, target); return 2;
  case attune_weibull: add_model(attune_weibull, p, at, weight, target); return 4;
  case attune_pow3: add_model(attune_pow3, p, at, weight, target); return 3;
  case attune_pow4: add_model(attune_pow4, p, at, weight, target); return 4;
  case attune_loglog_linear: add_model(attune_loglog_linear, p, at, weight, target); return 2;
  case attune_mmf: add_model(attune_mmf, p, at, weight, target); return 4;
  case attune_janoschek: add_model(attune_janoschek, p, at, weight, target); return 4;
  case attune_hill: add_model(attune_hill, p, at, weight, target); return 3;
  case attune_log_power: add_model(attune_log_power, p, at, weight, target); return 3;
  default: add_model(attune_exp4, p, at, weight, target); return 4;
  }
}

INLINE parameters columns(const double *samples, long stride, long first) { return (parameters){samples + first, stride}; }

// Lanes where every model rises from position 0 to position 1, and ends there within 0 ... 100. A model that is not a number at position 0
// passes, as in the reference program.
INLINE void find_plausible(attune_combination c, attune_positions ends, parameters p, i8 *plausible) {
  const d8 one = EVERYWHERE(1.0);
  for (long m = 0; m < c.model_count; m++) {
    double values[16] = {0};
    p.first += add_named_model(c.models[m], p, ends, &one, values) * p.stride;
    d8 start = OF(values), end = OF(values + 8);
    *plausible &= ~(start > end) & (end >= 0.0) & (end <= 100.0);
  }
}

// The weighted sum of the models, at every position.
INLINE void combine(attune_combination c, attune_positions at, parameters p, double *target) {
  const parameters weights = {p.first + (c.parameter_count + 1) * p.stride, p.stride};
  d8 sum = {0};
  for (long m = 0; m < c.model_count; m++) sum += OF(weights.first + m * weights.stride);
  for (long i = 0; i < at.count; i++) AT(target + i * 8) = (d8){0};
  for (long m = 0; m < c.model_count; m++) {
    d8 weight = OF(weights.first + m * weights.stride) / sum;
    p.first += add_named_model(c.models[m], p, at, &weight, target) * p.stride;
  }
}

INLINE int is_nowhere(const i8 *mask) {
  long long any = 0;
  for (int lane = 0; lane < 8; lane++) any |= (*mask)[lane];
  return any == 0;
}

MANY_TARGETS void attune_curve_posterior(
  attune_combination combination, attune_positions positions, const double *y, const double *weights, const double *samples, long stride,
  long first, long end, double *scratch, double *result) {
  const attune_positions ends = {positions.x, positions.log_x, 2};
  const attune_positions seen = {positions.x + 2, positions.log_x + 2, positions.count - 2};
  double weight_sum = 0;
  for (long i = 0; i < seen.count; i++) weight_sum += weights[i];
  for (long j = first; j < end; j += 8) {
    const parameters p = columns(samples, stride, j);
    d8 deviation = P(combination.parameter_count);
    i8 plausible = deviation > 0.0;
    for (long m = 0; m < combination.model_count; m++) plausible &= P(combination.parameter_count + 1 + m) >= 0.0;
    if (!is_nowhere(&plausible)) find_plausible(combination, ends, p, &plausible);
    AT(result + j) = EVERYWHERE(-__builtin_inf());
    if (is_nowhere(&plausible)) continue;
    combine(combination, seen, p, scratch);
    d8 squares = {0};
    for (long i = 0; i < seen.count; i++) {
      d8 rest = (y[i] - OF(scratch + i * 8)) / deviation;
      squares += weights[i] * rest * rest;
    }
    take_logarithm(&deviation);
    const double half_log_two_pi = 0.91893853320467274178;
    d8 value = -0.5 * squares - weight_sum * (deviation + half_log_two_pi);
    AT(result + j) = CHOSEN(plausible & (value == value), value, OF(result + j));
  }
}

MANY_TARGETS void attune_curve_means(
  attune_combination combination, attune_positions positions, const double *samples, long stride, long first, double *result) {
  combine(combination, positions, columns(samples, stride, first), result);
}

MANY_TARGETS void attune_stretch(
  const double *samples, long stride, long dimensions, const long *movers, const long *partners, const double *stretches, long count,
  double *proposals, long proposal_stride) {
  for (long d = 0; d < dimensions; d++) {
    const double *row = samples + d * stride;
    double *target = proposals + d * proposal_stride;
    for (long k = 0; k < count; k++) {
      const double center = row[partners[k]];
      target[k] = center + stretches[k] * (row[movers[k]] - center);
    }
  }
}
