-- wrk's side of load.ts: posts one body, with pauses where a rate is wanted, and tells what came of it as JSON.
local file = assert(io.open(os.getenv("REVIEW"), "rb"))
wrk.method = "POST"
wrk.body = file:read("*a")
wrk.headers["Content-Type"] = "application/json"
file:close()

local pause = tonumber(os.getenv("MEAN_PAUSE_MS"))
if pause > 0 then
	-- Anything up to twice as long, so that the connections do not get in step.
	function delay()
		return math.random(0, 2 * pause)
	end
end

function done(summary, latency)
	local errors = summary.errors
	local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
	io.write(
		string.format(
			'\nJSON{"requests":%d,"microseconds":%d,"failed":%d,"p50":%d,"p99":%d,"worst":%d}\n',
			summary.requests,
			summary.duration,
			failed,
			latency:percentile(50),
			latency:percentile(99),
			latency.max
		)
	)
end
