-- A new generation takes over (SEQUENCING.md O3). KEYS: state. ARGV: generation, position, complete since, open, channel,
-- the generation that is replaced ('' for none), last inbound offset handled.
local g = redis.call('HGET', KEYS[1], 'g') or ''
if g ~= ARGV[6] then return 0 end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'g', ARGV[1], 'p', ARGV[2], 'w', ARGV[3], 'i', ARGV[7])
if ARGV[4] == '1' then redis.call('HSET', KEYS[1], 'o', '1') end
redis.call('PUBLISH', ARGV[5], ARGV[2])
return 1
