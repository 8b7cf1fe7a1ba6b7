#include "textflag.h"

// func int80(number, a, b, c uint64) int64
TEXT ·int80(SB), NOSPLIT, $0-40
	MOVQ number+0(FP), AX // the number, of the 32-bit table
	MOVQ a+8(FP), BX      // 32-bit calls take their arguments in ebx, ecx, edx, ...
	MOVQ b+16(FP), CX
	MOVQ c+24(FP), DX
	INT  $0x80            // the entry for 32-bit calls, open to 64-bit code too
	MOVQ AX, ret+32(FP)
	RET
