#ifndef ATTUNE_ERROR_H
#define ATTUNE_ERROR_H

/// Keeps what attune_last_error gives on this thread; of a longer text the beginning. Not for programs.
void attune_keep_error(const char *message);

#endif
