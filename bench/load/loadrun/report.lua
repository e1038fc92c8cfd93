-- wrk's figures as one line of JSON: exact, where its own output is rounded for people. Latencies in microseconds.
done = function(summary, latency, requests)
  local e = summary.errors
  io.write(string.format(
    '@@{"requests":%d,"bytes":%d,"seconds":%.6f,"p50":%.1f,"p99":%.1f,"socket_errors":%d,"timeouts":%d,"bad_status":%d}\n',
    summary.requests, summary.bytes, summary.duration / 1e6, latency:percentile(50), latency:percentile(99),
    e.connect + e.read + e.write, e.timeout, e.status))
end
