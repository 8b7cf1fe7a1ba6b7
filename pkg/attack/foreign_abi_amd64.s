#include "textflag.h"

// func int80(number, a, b uint64) int64
TEXT ·int80(SB), NOSPLIT, $0-32
	MOVQ number+0(FP), AX // the number, of the 32-bit table
	MOVQ a+8(FP), BX      // 32-bit calls take their arguments in ebx, ecx, ...
	MOVQ b+16(FP), CX
	INT  $0x80            // the entry for 32-bit calls, open to 64-bit code too
	MOVQ AX, ret+24(FP)
	RET
