#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

func exitFailing() -> Never { exit(1) }
