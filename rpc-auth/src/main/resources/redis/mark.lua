-- A change of a user's tokens, under the user's lock and before MySQL commits it. KEYS: logins of the user, tokens to write,
-- tokens to forget. ARGV: seconds a mark lasts, seconds logins are remembered, number of tokens to write, then for each of
-- these: row, hash, and '' or the epoch of the login that ends the token.
-- Answer: {epoch of the change, then for each token to write 1, or 0 where it has, or may have, logged in after that epoch}.
local known = redis.call('HMGET', KEYS[1], 'last', 'since')
local last = tonumber(known[1] or 0)
local since = tonumber(known[2] or 0)
local time = redis.call('TIME')
local text = string.format('%.0f', math.max(time[1] * 1000000 + time[2], last + 1))
local out = {text}
local n = tonumber(ARGV[3])
for i = 1, n do
  local row, hash, by = ARGV[1 + i * 3], ARGV[2 + i * 3], ARGV[3 + i * 3]
  local write = true
  if by ~= '' then
    local login = tonumber(redis.call('HGET', KEYS[1], hash) or 0)
    by = tonumber(by)
    write = since <= by and by <= last and login <= by
  end
  if write then redis.call('SET', KEYS[1 + i], row .. ',' .. text, 'EX', ARGV[1]) end
  out[1 + i] = write and '1' or '0'
end
for i = n + 2, #KEYS do redis.call('DEL', KEYS[i]) end
if not known[1] then redis.call('HSET', KEYS[1], 'since', text) end
redis.call('HSET', KEYS[1], 'last', text)
redis.call('EXPIRE', KEYS[1], ARGV[2])
return out
