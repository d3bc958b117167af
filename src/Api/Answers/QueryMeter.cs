using System.Diagnostics.Metrics;
using Cairn.Query.Definitions;

namespace Cairn.Api.Answers;

/// <summary>What answers tell about their cost, on the meter "Cairn".</summary>
/// <remarks>
/// <code>
/// cairn.query.duration   seconds of an answer, by api: v1, mixpanel, amplitude
/// cairn.query.rows       rows looked at, by api
/// cairn.query.bytes      memory of the columns looked at, by api
/// cairn.query.cache      parts of files and layouts, by result: hit, miss
/// </code>
/// </remarks>
static class QueryMeter
{
    static readonly Meter Meter = new("Cairn");
    static readonly Histogram<double> Seconds = Meter.CreateHistogram<double>("cairn.query.duration", "s");
    static readonly Counter<long> Rows = Meter.CreateCounter<long>("cairn.query.rows", "{row}");
    static readonly Counter<long> Bytes = Meter.CreateCounter<long>("cairn.query.bytes", "By");
    static readonly Counter<long> Cache = Meter.CreateCounter<long>("cairn.query.cache", "{part}");

    /// <summary>An answer that was asked for at a path of ours.</summary>
    public static void Answered(string? path, Coverage coverage)
    {
        var api = new KeyValuePair<string, object?>("api", ApiOf(path ?? ""));
        Seconds.Record(coverage.ElapsedMs / 1_000, api);
        Rows.Add(coverage.RowsRead, api);
        Bytes.Add(coverage.BytesRead, api);
        if (coverage.CacheHits > 0) Cache.Add(coverage.CacheHits, new KeyValuePair<string, object?>("result", "hit"));
        if (coverage.CacheMisses > 0) Cache.Add(coverage.CacheMisses, new KeyValuePair<string, object?>("result", "miss"));
    }

    /// <summary>By a path's first parts alone: what follows may name a person.</summary>
    static string ApiOf(string path) =>
        path.StartsWith("/api/v1/", StringComparison.OrdinalIgnoreCase) ? "v1"
        : path.StartsWith("/api/2/", StringComparison.OrdinalIgnoreCase) ? "amplitude"
        : "mixpanel";
}
