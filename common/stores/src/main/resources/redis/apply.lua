-- Making a batch visible (SEQUENCING.md O7). KEYS: state, then per copy: seq, window, ticket, cache, reads.
-- ARGV: generation, expected position, new position, trim (1 or 0), channel, then per copy: seq, hash, sender, time, body.
-- Answer: {1} or {0, generation, position}.
local s = redis.call('HMGET', KEYS[1], 'g', 'p')
if s[1] ~= ARGV[1] or s[2] ~= ARGV[2] then
  return {0, s[1] or '', s[2] or ''}
end
local n = (#KEYS - 1) / 5
for i = 0, n - 1 do
  local k, a = 2 + i * 5, 6 + i * 5
  local seq, hash, sender, time, body = ARGV[a], ARGV[a + 1], ARGV[a + 2], ARGV[a + 3], ARGV[a + 4]
  redis.call('SET', KEYS[k], seq .. ',' .. time, 'EX', 604800)
  if hash ~= '' then
    redis.call('HSET', KEYS[k + 1], hash, seq)
    redis.call('EXPIRE', KEYS[k + 1], 259200)
    redis.call('DEL', KEYS[k + 2])
  end
  redis.call('HSET', KEYS[k + 3], seq, body)
  redis.call('EXPIRE', KEYS[k + 3], 7200)
  if ARGV[4] == '1' then
    local old = tonumber(seq) - 200
    if old > 0 then
      local low = tonumber(redis.call('HGET', KEYS[k + 3], 'low') or '1')
      if low <= old then
        local stop = math.min(old, low + 50)
        for gone = low, stop do redis.call('HDEL', KEYS[k + 3], gone) end
        redis.call('HSET', KEYS[k + 3], 'low', stop + 1)
      end
    end
  end
  local read = tonumber(redis.call('HGET', KEYS[k + 4], sender) or '0')
  if tonumber(seq) > read then redis.call('HSET', KEYS[k + 4], sender, seq) end
  redis.call('EXPIRE', KEYS[k + 4], 2592000)
end
redis.call('HSET', KEYS[1], 'p', ARGV[3])
redis.call('PUBLISH', ARGV[5], ARGV[3])
return {1}
