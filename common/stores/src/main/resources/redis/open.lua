-- Sends are accepted again once all that waited is numbered. KEYS: state. ARGV: generation.
if redis.call('HGET', KEYS[1], 'g') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'o', '1')
return 1
