#include "attune.h"
#include "attune_error.h"

#include <stdio.h>

// Threads fail for themselves; Swift has no variable of a thread's own.
static _Thread_local char last_error[1024];

const char *attune_last_error(void) { return last_error; }

void attune_keep_error(const char *message) { snprintf(last_error, sizeof last_error, "%s", message); }
