#!/bin/sh
# Logistic regression on digits.csv, by gradient descent one image at a time. It knows nothing of Attune but the line it prints.
# Usage: train.sh LEARNING_RATE DECAY L2 ORDER [EPOCHS]       ORDER: shuffled | fixed
set -eu
test $# -ge 4 || { echo "usage: train.sh LEARNING_RATE DECAY L2 shuffled|fixed [EPOCHS]" >&2; exit 2; }

exec awk -F , -v rate="$1" -v decay="$2" -v l2="$3" -v order="$4" -v epochs="${5:-20}" -v seed="${ATTUNE_SEED:-0}" '
  # Every fourth image validates, the others teach.
  {
    if (NR % 4 == 0) validate[++unseen] = NR; else learn[++images] = NR
    label[NR] = $1
    for (i = 1; i <= 16; i++) pixel[NR, i] = $(i + 1) / 64
    pixel[NR, 0] = 1
  }

  # Fills score[0...9] with the probabilities of an image, and returns the likeliest digit.
  function recognise(image,   digit, i, sum, best) {
    best = 0
    for (digit = 0; digit < 10; digit++) {
      sum = 0
      for (i = 0; i <= 16; i++) sum += weight[digit, i] * pixel[image, i]
      score[digit] = sum
      if (sum > score[best]) best = digit
    }
    sum = 0
    peak = score[best]
    for (digit = 0; digit < 10; digit++) sum += (score[digit] = exp(score[digit] - peak))
    for (digit = 0; digit < 10; digit++) score[digit] /= sum
    return best
  }

  function shuffle(   i, other, held) {
    for (i = images; i > 1; i--) {
      other = 1 + int(rand() * i)
      held = learn[i]; learn[i] = learn[other]; learn[other] = held
    }
  }

  END {
    srand(seed)
    for (epoch = 1; epoch <= epochs; epoch++) {
      if (order == "shuffled") shuffle()
      loss = 0
      for (n = 1; n <= images; n++) {
        image = learn[n]
        recognise(image)
        loss -= log(score[label[image]] + 1e-12)
        for (digit = 0; digit < 10; digit++) {
          slope = score[digit] - (digit == label[image])
          for (i = 0; i <= 16; i++) weight[digit, i] -= rate * (slope * pixel[image, i] + l2 * weight[digit, i])
        }
      }
      if (sprintf("%f", loss) ~ /[ni]/) {
        print "the weights diverged in epoch " epoch > "/dev/stderr"
        exit 1
      }
      right = 0
      for (n = 1; n <= unseen; n++) right += recognise(validate[n]) == label[validate[n]]
      printf "attune: {\"step\": %d, \"accuracy\": %.4f, \"loss\": %.4f}\n", epoch, right / unseen, loss / images
      fflush()
      rate *= decay
    }
  }' "$(dirname "$0")/digits.csv"
