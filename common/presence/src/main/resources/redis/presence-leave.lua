-- A gateway leaves. KEYS: the node's hash. ARGV: incarnation, channel, what to publish.
-- Answer: {1}, or {0} with nothing changed where the hash isn't this incarnation's.
local marker = redis.call('HGET', KEYS[1], '')
if not marker or string.sub(marker, 3, 2 + #ARGV[1]) ~= ARGV[1] then
  return {0}
end
redis.call('DEL', KEYS[1])
redis.call('PUBLISH', ARGV[2], ARGV[3])
return {1}
