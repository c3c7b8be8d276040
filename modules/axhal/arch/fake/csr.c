#include <axhal/arch/csr.h>

struct fake_csrs fake_csr;
