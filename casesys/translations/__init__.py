"""The office's sentences: one folder a language, one file an area, `msgid` the code of a message.

A sentence may hold `{name}` and these renderings of a value: `{day:prose}` 2021年10月31日,
`{day:weekday}` 2021-07-22 周四, `{at:instant}` local day and minute, `{at:clock}` local minute,
`{fen:yuan}` 40,000.00, `{fen:money}` with its unit, `{n:plural record|records}` for English.
"""
