-- Making a batch visible (docs/sequencing.md O7). KEYS: state, then per copy: seq, window, ticket, cache, reads; then per effect
-- two keys. ARGV: generation, expected position, new position, trim (1 or 0), channel, last inbound offset handled, history's
-- position, number of copies, then per copy: seq, hash, sender, time, body; then per effect: kind and four values.
-- Answer: {1} or {0, generation, position}.
local s = redis.call('HMGET', KEYS[1], 'g', 'p', 'i')
if s[1] ~= ARGV[1] or s[2] ~= ARGV[2] then
  return {0, s[1] or '', s[2] or ''}
end
local function raise(key, user, seq)
  local read = tonumber(redis.call('HGET', key, user) or '0')
  if tonumber(seq) > read then redis.call('HSET', key, user, seq) end
  redis.call('EXPIRE', key, 2592000)
end
local n = tonumber(ARGV[8])
for i = 0, n - 1 do
  local k, a = 2 + i * 5, 9 + i * 5
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
  raise(KEYS[k + 4], sender, seq)
end
-- An overlay's field holds offset:rank:value. The queue beside it names the fields in log order, so that those that history
-- has are taken out, a few with each that comes.
local function forget(overlay, queue)
  for _ = 1, 8 do
    local head = redis.call('LINDEX', queue, 0)
    local cut = head and string.find(head, ' ', 1, true)
    if not cut or tonumber(string.sub(head, 1, cut - 1)) > tonumber(ARGV[7]) then return end
    redis.call('LPOP', queue)
    local field = string.sub(head, cut + 1)
    local value = redis.call('HGET', overlay, field)
    if value and string.sub(value, 1, cut) == string.sub(head, 1, cut - 1) .. ':' then
      redis.call('HDEL', overlay, field)
    end
  end
end
local k, a = 2 + n * 5, 9 + n * 5
while k < #KEYS do
  local kind = ARGV[a]
  if kind == 'read' then
    raise(KEYS[k], ARGV[a + 1], ARGV[a + 2])
  elseif kind == 'ticket' then
    redis.call('DEL', KEYS[k])
  elseif kind == 'body' then
    if redis.call('HEXISTS', KEYS[k], ARGV[a + 1]) == 1 then
      redis.call('HSET', KEYS[k], ARGV[a + 1], ARGV[a + 2])
    end
  else
    local field, offset, rank = ARGV[a + 1], ARGV[a + 2], string.match(ARGV[a + 3], '^%d+')
    local old = redis.call('HGET', KEYS[k], field)
    local wins = not old
    if old and kind == 'raise' then wins = tonumber(string.match(old, '^%d+:(%d+)')) < tonumber(rank) end
    if wins then
      redis.call('HSET', KEYS[k], field, offset .. ':' .. ARGV[a + 3])
      redis.call('RPUSH', KEYS[k + 1], offset .. ' ' .. field)
    end
    forget(KEYS[k], KEYS[k + 1])
    redis.call('EXPIRE', KEYS[k], 7200)
    redis.call('EXPIRE', KEYS[k + 1], 7200)
  end
  k = k + 2
  a = a + 5
end
redis.call('HSET', KEYS[1], 'p', ARGV[3])
if tonumber(ARGV[6]) > tonumber(s[3] or '-1') then redis.call('HSET', KEYS[1], 'i', ARGV[6]) end
redis.call('PUBLISH', ARGV[5], ARGV[3])
return {1}
