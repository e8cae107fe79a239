-- A new generation takes over (docs/sequencing.md O3). KEYS: state, staging state. ARGV: generation, position, complete since, open,
-- channel, the generation and position that are replaced ('' and -1 for none), the staging position when all is loaded ('' when
-- nothing had to be), last inbound offset handled. Answer: 1, or 0 with nothing changed where the state is another or something loaded is lost.
local s = redis.call('HMGET', KEYS[1], 'g', 'p')
if (s[1] or '') ~= ARGV[6] or (s[2] or '-1') ~= ARGV[7] then return 0 end
if ARGV[8] ~= '' and redis.call('HGET', KEYS[2], 'p') ~= ARGV[8] then return 0 end
redis.call('DEL', KEYS[1], KEYS[2])
redis.call('HSET', KEYS[1], 'g', ARGV[1], 'p', ARGV[2], 'w', ARGV[3], 'i', ARGV[9])
if ARGV[4] == '1' then
  redis.call('HSET', KEYS[1], 'o', string.match(redis.call('INFO', 'server'), 'run_id:(%x+)'))
end
redis.call('PUBLISH', ARGV[5], ARGV[2])
return 1
