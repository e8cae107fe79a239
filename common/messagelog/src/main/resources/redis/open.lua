-- Sends are accepted again, on this server, once all that waited is numbered. KEYS: state. ARGV: generation, position, run id
-- of the server on which all was looked for that waited.
local s = redis.call('HMGET', KEYS[1], 'g', 'p')
local run = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
if s[1] ~= ARGV[1] or s[2] ~= ARGV[2] or run ~= ARGV[3] then return 0 end
redis.call('HSET', KEYS[1], 'o', run)
return 1
