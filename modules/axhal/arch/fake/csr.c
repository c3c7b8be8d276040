#include <axhal/arch/csr.h>
#include <axhal/arch/current.h>
#include <stddef.h>

struct fake_csrs fake_csr;
struct hart *fake_hart = NULL;
