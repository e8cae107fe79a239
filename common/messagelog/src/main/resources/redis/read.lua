-- Reading (docs/sequencing.md). KEYS: state, then keys. ARGV: generation, then per key the number of hash fields and the
-- fields; 0 fields reads a plain value; last 'open' where it matters whether sends are accepted. Answer: {state g, p, o, w,
-- values or 0 where the generation is another, the server's run id where 'open' is said}.
local s = redis.call('HMGET', KEYS[1], 'g', 'p', 'o', 'w')
local run = ARGV[#ARGV] == 'open' and string.match(redis.call('INFO', 'server'), 'run_id:(%x+)') or ''
local open = s[3] == run and '1' or ''
if s[1] ~= ARGV[1] then
  return {s[1] or '', s[2] or '', open, s[4] or '', 0, run}
end
local out = {}
local a = 2
for i = 2, #KEYS do
  local n = tonumber(ARGV[a])
  a = a + 1
  if n == 0 then
    out[i - 1] = redis.call('GET', KEYS[i])
  else
    local fields = {}
    for j = 1, n do
      fields[j] = ARGV[a]
      a = a + 1
    end
    out[i - 1] = redis.call('HMGET', KEYS[i], unpack(fields))
  end
end
return {s[1], s[2], open, s[4] or '', out, run}
