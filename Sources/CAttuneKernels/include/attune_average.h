#ifndef ATTUNE_AVERAGE_H
#define ATTUNE_AVERAGE_H

// Inner loops of the average over curve models: Docs/LearningCurves.md.
//
// A component says that a curve is level + rise · shape + noise, with a shape of its own. Components stand side by side, eight at a time:
// all arrays have `count` numbers, a multiple of 8.

// What is known about the components: seven rows of `count` numbers, one after the other. Normal priors, independent of each other: mean and
// precision of the level, mean and precision of the rise. Sums over the points seen, whitened by the noise's factor: Σ one · shape, Σ shape²,
// Σ shape · value.
//
// `belief` becomes what is believed once the curve is seen, for noise of that variance: six rows. The logarithm of the curve's density (without
// what is the same for all), means of level and rise, their variances and covariance.
// `ones`, `values`, `squares`: Σ one², Σ one · value, Σ value², whitened.
void attune_average_posterior(
  const double *known, long count, double ones, double values, double squares, double variance, double *belief);

// Σ row², over `rows` rows of `count` numbers.
void attune_average_squares(const double *rows, long row_count, long count, double *sums);

// Adds `parts` to the evidence of the components first ..< end, and writes two rows behind those of `belief`: exp(evidence − largest) and its
// fourth root. Returns the largest; `sums` becomes the two rows' sums.
double attune_average_weights(double *belief, long count, const double *parts, long first, long end, double *sums);

// Σ weight · density and Σ root · density (without the factor 1/√2π) of a value yet to come, over the components first ..< end.
// `noise`: the variance of the value around the component's curve.
void attune_average_density(
  const double *belief, long count, long first, long end, const double *shapes, double noise, double value, double *sums);

// A component with noise, as far as it counts.
typedef struct {
  double weight, level, rise, level_variance, covariance, rise_variance;
  // The noise's variance, and how much of it wanders off for each unit of distance.
  double variance, wander;
  // The row of its shape, and how many of the points to come it knows.
  long shape, reach;
} attune_member;

// Adds members up over the points to come, `points` of them, a multiple of 8: Σ weight, Σ weight · mean, Σ weight · (variance + mean²), and,
// where `tail` is given, Σ weight · the probability that the value is `target` or more. Shapes are rows of `points` numbers.
// `tail` has 1025 pairs: the normal distribution function and its slope (by step of the table) from −16 to 16.
void attune_average_forecast(
  const attune_member *members, long count, const double *shapes, const double *distance, long points, double target, const double *tail,
  double *weight, double *mean, double *square, double *chance);

#endif
