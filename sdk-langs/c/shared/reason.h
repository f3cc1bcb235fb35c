/* Solidity's `require` and `revert` with a reason. A debug build's reasons end with file and line. */
#ifndef DC_SHARED_REASON_H
#define DC_SHARED_REASON_H

/* `Error(string)` and `Panic(uint256)`. */
#define DC_ERROR_SELECTOR 0x08c379a0
#define DC_PANIC_SELECTOR 0x4e487b71

#ifdef DC_DEBUG_BUILD
#define DC_LINE_TEXT(line) #line
#define DC_LINE(line) DC_LINE_TEXT(line)
#define DC_REASON(literal) literal " (" __FILE_NAME__ ":" DC_LINE(__LINE__) ")"
#else
#define DC_REASON(literal) literal
#endif

#define dc_revert(literal) dc_revert_reason(DC_STRING(DC_REASON(literal)))
#define dc_require(condition, literal)    \
  do {                                    \
    if (!(condition)) dc_revert(literal); \
  } while (0)

#endif
