-- One step of a gateway's presence. KEYS: the node's hash. ARGV: marker that must be there ('' clears the hash first), next
-- marker, lease in ms, channel, what to publish ('' for nothing), then per user: id, value ('' takes the user out).
-- Answer: {1}, or {0} with nothing changed where the marker is another.
if ARGV[1] == '' then
  redis.call('DEL', KEYS[1])
elseif redis.call('HGET', KEYS[1], '') ~= ARGV[1] then
  return {0}
end
for i = 6, #ARGV, 2 do
  if ARGV[i + 1] == '' then
    redis.call('HDEL', KEYS[1], ARGV[i])
  else
    redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1])
  end
end
redis.call('HSET', KEYS[1], '', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
if ARGV[5] ~= '' then
  redis.call('PUBLISH', ARGV[4], ARGV[5])
end
return {1}
