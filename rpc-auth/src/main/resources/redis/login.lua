-- A login takes its place in the order of its user's logins (websocket.md 6). KEYS: token, logins of its user.
-- ARGV: hash of the token, its row as MySQL has it ('' when not asked yet), seconds a token is cached,
-- seconds logins are remembered, tokens remembered at most.
-- Answer: {} when the row is neither cached nor given; else {row, epoch}, the epoch 0 where the token is not normal.
local row = redis.call('GET', KEYS[1])
if not row then
  row = ARGV[2]
  if row == '' then return {} end
  redis.call('SET', KEYS[1], row, 'EX', ARGV[3])
end
if string.match(row, '^1,(%d+),') ~= '0' then return {row, '0'} end
local last = redis.call('HGET', KEYS[2], 'last')
local time = redis.call('TIME')
local epoch = math.max(time[1] * 1000000 + time[2], (last or 0) + 1)
local text = string.format('%.0f', epoch)
if not last then redis.call('HSET', KEYS[2], 'since', text) end
redis.call('HSET', KEYS[2], 'last', text, ARGV[1], text)
redis.call('EXPIRE', KEYS[2], ARGV[4])
local most = tonumber(ARGV[5])
if redis.call('HLEN', KEYS[2]) > most + 2 then
  local all = redis.call('HGETALL', KEYS[2])
  local logins = {}
  for i = 1, #all, 2 do
    if all[i] ~= 'last' and all[i] ~= 'since' then logins[#logins + 1] = {all[i], tonumber(all[i + 1])} end
  end
  table.sort(logins, function(a, b) return a[2] < b[2] end)
  local forgotten = #logins - math.floor(most / 2)
  for i = 1, forgotten do redis.call('HDEL', KEYS[2], logins[i][1]) end
  redis.call('HSET', KEYS[2], 'since', string.format('%.0f', logins[forgotten][2] + 1))
end
return {row, text}
