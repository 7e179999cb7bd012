#include <math.h>

#include "attune_average.h"
#include "exponentials.h"

MANY_TARGETS void attune_average_posterior(
  const double *known, long count, double ones, double values, double squares, double variance, double *belief) {
  const double *levels = known, *level_precisions = known + count, *rises = known + 2 * count, *rise_precisions = known + 3 * count;
  const double *shapes = known + 4 * count, *shape_squares = known + 5 * count, *products = known + 6 * count;
  double precision = 1 / variance;
  for (long j = 0; j < count; j += 8) {
    d8 p = OF(level_precisions + j), q = OF(rise_precisions + j), level = OF(levels + j), rise = OF(rises + j);
    d8 a = precision * ones + p, b = precision * OF(shapes + j), d = precision * OF(shape_squares + j) + q;
    d8 x = precision * values + p * level, y = precision * OF(products + j) + q * rise;
    d8 determinant = a * d - b * b, inverse = 1 / determinant;
    d8 u = (d * x - b * y) * inverse, v = (a * y - b * x) * inverse;
    AT(belief + j) = precision * squares + p * level * level + q * rise * rise - x * u - y * v;
    AT(belief + count + j) = u;
    AT(belief + 2 * count + j) = v;
    AT(belief + 3 * count + j) = d * inverse;
    AT(belief + 4 * count + j) = a * inverse;
    AT(belief + 5 * count + j) = -b * inverse;
    d8 volume = determinant / (p * q);
    take_logarithm(&volume);
    AT(belief + j) = -0.5 * (OF(belief + j) + volume);
  }
}

MANY_TARGETS void attune_average_squares(const double *rows, long row_count, long count, double *sums) {
  for (long j = 0; j < count; j += 8) {
    d8 sum = {0};
    for (long i = 0; i < row_count; i++) sum += OF(rows + i * count + j) * OF(rows + i * count + j);
    AT(sums + j) = sum;
  }
}

MANY_TARGETS double attune_average_weights(double *belief, long count, const double *parts, long first, long end, double *sums) {
  double *weight = belief + 6 * count, *root = belief + 7 * count, largest = -INFINITY;
  for (long j = first; j < end; j++) {
    belief[j] += parts[j];
    if (belief[j] > largest) largest = belief[j];
  }
  d8 whole = {0}, tempered = {0};
  for (long j = first; j < end; j += 8) {
    d8 quarter = 0.25 * (OF(belief + j) - largest);
    // What is not a number counts as 0, too.
    quarter = CHOSEN(quarter == quarter, quarter, EVERYWHERE(-INFINITY));
    exponentiate(&quarter);
    d8 square = quarter * quarter;
    AT(root + j) = quarter;
    AT(weight + j) = square * square;
    whole += square * square;
    tempered += quarter;
  }
  sums[0] = sum_of(&whole);
  sums[1] = sum_of(&tempered);
  return largest;
}

MANY_TARGETS void attune_average_density(
  const double *belief, long count, long first, long end, const double *shapes, double noise, double value, double *sums) {
  const double *level = belief + count, *rise = belief + 2 * count;
  const double *level_variance = belief + 3 * count, *rise_variance = belief + 4 * count, *covariance = belief + 5 * count;
  const double *weight = belief + 6 * count, *root = belief + 7 * count;
  d8 whole = {0}, tempered = {0};
  for (long j = first; j < end; j += 8) {
    d8 f = OF(shapes + j);
    d8 variance = noise + OF(level_variance + j) + f * (2 * OF(covariance + j) + f * OF(rise_variance + j));
    d8 miss = value - OF(level + j) - OF(rise + j) * f;
    d8 density = -0.5 * miss * miss / variance;
    exponentiate(&density);
    density /= __builtin_elementwise_sqrt(variance);
    whole += OF(weight + j) * density;
    tempered += OF(root + j) * density;
  }
  sums[0] = sum_of(&whole);
  sums[1] = sum_of(&tempered);
}

// Between two entries of the table a cubic with their slopes.
INLINE double tail_at(const double *tail, double x) {
  if (!(x > -16)) return 0;
  if (x >= 16) return 1;
  double place = (x + 16) * 32;
  long k = (long)place;
  double t = place - (double)k;
  const double *e = tail + 2 * k;
  double rise = e[2] - e[0];
  return e[0] + t * (e[1] + t * ((3 * rise - 2 * e[1] - e[3]) + t * (e[1] + e[3] - 2 * rise)));
}

MANY_TARGETS void attune_average_forecast(
  const attune_member *members, long count, const double *shapes, const double *distance, long points, double target, const double *tail,
  double *weight, double *mean, double *square, double *chance) {
  const d8 lanes = {0, 1, 2, 3, 4, 5, 6, 7};
  for (long k = 0; k < count; k++) {
    attune_member m = members[k];
    const double *shape = shapes + m.shape * points;
    for (long j = 0; j < m.reach; j += 8) {
      d8 f = OF(shape + j);
      d8 w = (d8)((i8)((d8){0} + m.weight) & (i8)(lanes < (double)(m.reach - j)));
      d8 centre = m.level + m.rise * f;
      d8 variance =
        m.variance * (1 + m.wander * OF(distance + j)) + m.level_variance + f * (2 * m.covariance + f * m.rise_variance);
      AT(weight + j) += w;
      AT(mean + j) += w * centre;
      AT(square + j) += w * (variance + centre * centre);
      if (!tail) continue;
      d8 x = (centre - target) / __builtin_elementwise_sqrt(variance);
      for (int i = 0; i < 8; i++) chance[j + i] += w[i] * tail_at(tail, x[i]);
    }
  }
}
