-- Takes the marks of a change back that MySQL did not commit, and no others. KEYS: tokens. ARGV: epoch of the change.
local suffix = ',' .. ARGV[1]
for _, key in ipairs(KEYS) do
  local row = redis.call('GET', key)
  if row and string.sub(row, -#suffix) == suffix then redis.call('DEL', key) end
end
return {}
