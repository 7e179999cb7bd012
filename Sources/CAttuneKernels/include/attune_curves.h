#ifndef ATTUNE_CURVES_H
#define ATTUNE_CURVES_H

// Inner loops of the curve combination of Domhan et al. (IJCAI 2015): Docs/LearningCurves.md.

// The eleven parametric models, by increasing number as in the paper's reference program.
typedef enum {
  attune_vap = 0,
  attune_ilog2,
  attune_weibull,
  attune_pow3,
  attune_pow4,
  attune_loglog_linear,
  attune_mmf,
  attune_janoschek,
  attune_hill,
  attune_log_power,
  attune_exp4
} attune_curve_model;

// A weighted sum of models. A sample is its models' parameters in their order, the noise's deviation, and a weight for each model; samples
// stand in the columns of a table: number a of sample j stands at samples[a * stride + j].
typedef struct {
  const int *models;
  long model_count, parameter_count;
} attune_combination;

// Positions of a curve, above 0, and their logarithms.
typedef struct {
  const double *x, *log_x;
  long count;
} attune_positions;

// The logarithm of the posterior for the samples first ..< end (both multiples of 8) into `result`: −∞ where it is 0.
//
// Positions 0 and 1 are where every model is asked whether it rises and stays within 0 ... 100; the seen values `y` and their weights belong to
// the positions after them. `scratch` has 8 doubles for each position.
void attune_curve_posterior(
  attune_combination combination, attune_positions positions, const double *y, const double *weights, const double *samples, long stride,
  long first, long end, double *scratch, double *result);

// The combined curve of the eight samples from `first`, a multiple of 8: that of sample first + j at position i into result[i * 8 + j].
void attune_curve_means(
  attune_combination combination, attune_positions positions, const double *samples, long stride, long first, double *result);

// Proposals of the stretch move of Goodman and Weare (2010): column k of `proposals` becomes c + z (s − c), with s the column movers[k] of
// `samples`, c the column partners[k] and z = stretches[k].
void attune_stretch(
  const double *samples, long stride, long dimensions, const long *movers, const long *partners, const double *stretches, long count,
  double *proposals, long proposal_stride);

#endif
