-- A ledger of sliding windows for many processes: src/ledger.rs, call for call, on the server's clock.
-- KEYS: state (hash), tickets (hash: "admitted:reserved"), order of tickets (sorted set by ticket)
-- ARGV: call, time in ms or "", tpm, rpm, tpd (each "" where there is none), tickets at most, their ttl
--       in ms, and the call's own two numbers
local state, tickets, order = KEYS[1], KEYS[2], KEYS[3]
local call, first, second = ARGV[1], tonumber(ARGV[8]), tonumber(ARGV[9])
local at_most, ttl = tonumber(ARGV[6]), tonumber(ARGV[7])
local SLOTS, MINUTE, DAY = 240, 60000, 86400000
-- Answers name a limit by its number in this list; tickets in flight are the fourth.
local windows, longest = {}, MINUTE
for number, row in ipairs({ { 'tpm', ARGV[3], MINUTE }, { 'rpm', ARGV[4], MINUTE }, { 'tpd', ARGV[5], DAY } }) do
  if row[2] ~= '' then
    longest = math.max(longest, row[3])
    table.insert(windows, { number = number, name = row[1], of = tonumber(row[2]), slot_ms = row[3] / SLOTS })
  end
end

local function get(field) return tonumber(redis.call('HGET', state, field) or '0') end
local function set(field, number) redis.call('HSET', state, field, string.format('%.0f', number)) end
local function add(field, number)
  -- A zero of floating point may be written "-0", which is no integer to the server.
  if tonumber(number) ~= 0 then redis.call('HINCRBY', state, field, string.format('%.0f', number)) end
end

-- Time. It never goes back: a step of up to a minute is waited for, a larger one put the clock right.
local now = tonumber(ARGV[2])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local clock, lead = get('clock'), get('lead')
now = now + lead
if now < clock then
  if MINUTE < clock - now then
    lead = lead + clock - now
    set('lead', lead)
  end
  now = clock
end
set('clock', now)

local function slot(window, number) return window.name .. ':' .. string.format('%.0f', number % (SLOTS + 1)) end
local function amount(window, tokens) if window.name == 'rpm' then return 1 end return tokens end

-- What is too old counts no more.
for _, window in ipairs(windows) do
  window.newest = math.floor(now / window.slot_ms)
  local newest = redis.call('HGET', state, window.name .. ':newest')
  local used = get(window.name .. ':used')
  if newest and used ~= 0 and tonumber(newest) < window.newest then
    local gone = {}
    for number = tonumber(newest) + 1, math.min(window.newest, tonumber(newest) + SLOTS + 1) do
      table.insert(gone, slot(window, number))
    end
    for _, sum in ipairs(redis.call('HMGET', state, unpack(gone))) do
      used = used - (tonumber(sum or '0'))
    end
    redis.call('HDEL', state, unpack(gone))
    set(window.name .. ':used', used)
  end
  if tonumber(newest) ~= window.newest then set(window.name .. ':newest', window.newest) end
  window.used = used
end

local function take(window, tokens)
  add(slot(window, window.newest), tokens)
  add(window.name .. ':used', tokens)
end

local function give_back(window, at, tokens)
  local number = math.floor(at / window.slot_ms)
  if SLOTS < window.newest - number then return end
  local field = slot(window, number)
  tokens = math.min(tokens, get(field))
  add(field, -tokens)
  add(window.name .. ':used', -tokens)
end

local function close(ticket)
  local id = string.format('%.0f', ticket)
  local found = redis.call('HGET', tickets, id)
  if not found then return nil end
  redis.call('HDEL', tickets, id)
  redis.call('ZREM', order, id)
  local at, reserved = string.match(found, '(%d+):(%d+)')
  add('reserved', -reserved)
  return tonumber(at), tonumber(reserved)
end

-- The oldest ticket and when it was admitted.
local function oldest()
  local id = redis.call('ZRANGE', order, 0, 0)[1]
  if not id then return nil end
  return tonumber(id), tonumber(string.match(redis.call('HGET', tickets, id), '%d+'))
end

local function in_flight() return redis.call('ZCARD', order) end

local function admit(tokens)
  for _, window in ipairs(windows) do take(window, amount(window, tokens)) end
  -- Tickets grow with time too, so that none is given twice if the server forgets everything; up to where
  -- every whole number is exact.
  local id = string.format('%.0f', math.max(get('ticket') + 1, math.min(now * 1000, 2 ^ 52)))
  redis.call('HSET', state, 'ticket', id)
  redis.call('HSET', tickets, id, string.format('%.0f:%.0f', now, tokens))
  redis.call('ZADD', order, id, id)
  add('reserved', tokens)
  return tonumber(id)
end

-- The first moment at which there is room.
local function room_at(window, tokens)
  local excess = window.used + tokens - window.of
  if excess <= 0 then return now end
  local fields = {}
  for passed = 1, SLOTS + 1 do fields[passed] = slot(window, window.newest - SLOTS - 1 + passed) end
  for passed, sum in ipairs(redis.call('HMGET', state, unpack(fields))) do
    excess = excess - tonumber(sum or '0')
    if excess <= 0 then return (window.newest + passed) * window.slot_ms end
  end
end

while true do
  local id, at = oldest()
  if not id or now < at + ttl then break end
  close(id)
end

local calls = {}

function calls.reserve(tokens)
  for _, window in ipairs(windows) do
    if window.of < amount(window, tokens) then return { 'never', window.number } end
  end
  if at_most == 0 then return { 'never', 4 } end
  local until_ms, limit = now, nil
  for _, window in ipairs(windows) do
    local room = room_at(window, amount(window, tokens))
    if now < room and until_ms <= room then until_ms, limit = room, window.number end
  end
  if at_most <= in_flight() then
    local _, at = oldest()
    if until_ms <= at + ttl then until_ms, limit = at + ttl, 4 end
  end
  if limit then return { 'wait', limit, until_ms - lead } end
  return { 'admit', admit(tokens) }
end

function calls.record(tokens)
  if at_most <= in_flight() then
    local id = oldest()
    if id then close(id) end
  end
  return { admit(tokens) }
end

function calls.settle(ticket, tokens)
  local at, reserved = close(ticket)
  if not at then return {} end
  for _, window in ipairs(windows) do
    if window.name ~= 'rpm' then
      if tokens < reserved then give_back(window, at, reserved - tokens) else take(window, tokens - reserved) end
    end
  end
  return { at, reserved, tokens }
end

function calls.release(ticket)
  local at, reserved = close(ticket)
  if not at then return {} end
  for _, window in ipairs(windows) do give_back(window, at, amount(window, reserved)) end
  return { at, reserved, 0 }
end

function calls.headroom()
  local rooms = {}
  for _, window in ipairs(windows) do table.insert(rooms, { window.number, window.of, window.used }) end
  return rooms
end

function calls.in_flight()
  return { in_flight(), get('reserved') }
end

local answer = calls[call](first, second)
-- Whatever nobody asks about any more goes away by itself.
local keep = math.max(longest + longest / SLOTS, ttl)
for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, string.format('%.0f', keep)) end
return answer
