-- Accepting (docs/sequencing.md A3). KEYS: state, then per message: window of today, window of yesterday, ticket.
-- ARGV: generation, least position, ticket seconds, then per message: hash, ticket to open.
-- Open is the run id of the server that the lane was opened on: another one may have lost tickets, however little.
-- Answer: {0, generation, position, open, complete since} when the caller must refuse or look again;
-- else {1, then per message: seq in the window or ''; the open ticket}.
local s = redis.call('HMGET', KEYS[1], 'g', 'p', 'o', 'w')
local open = s[3] == string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
if s[1] ~= ARGV[1] or not open or tonumber(s[2]) < tonumber(ARGV[2]) then
  return {0, s[1] or '', s[2] or '', open and '1' or '', s[4] or ''}
end
local out = {1, s[2], s[4]}
local n = (#KEYS - 1) / 3
for i = 0, n - 1 do
  local hash = ARGV[4 + i * 2]
  local seq = redis.call('HGET', KEYS[2 + i * 3], hash) or redis.call('HGET', KEYS[3 + i * 3], hash)
  if seq then
    out[#out + 1] = seq
    out[#out + 1] = ''
  else
    local key = KEYS[4 + i * 3]
    local ticket = redis.call('GET', key)
    if not ticket then
      ticket = ARGV[5 + i * 2]
      redis.call('SET', key, ticket, 'EX', ARGV[3])
    end
    out[#out + 1] = ''
    out[#out + 1] = ticket
  end
end
return out
