using System.Globalization;
using Cairn.Query.Definitions;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.Answers;

/// <summary>Says in headers what an answer covers, where the vendor's body has no room for it.</summary>
public static class CoverageHeaders
{
    /// <summary>The newest receipt that the answer could see, ISO 8601 in UTC; absent where there was nothing.</summary>
    public const string DataUpTo = "X-Cairn-Data-Up-To";

    public const string RowsRead = "X-Cairn-Rows-Read";

    public const string BytesRead = "X-Cairn-Bytes-Read";

    /// <summary>Parts of files and layouts that were in memory already.</summary>
    public const string CacheHits = "X-Cairn-Cache-Hits";

    /// <summary>Those that were decoded or laid out for the answer.</summary>
    public const string CacheMisses = "X-Cairn-Cache-Misses";

    public const string ElapsedMs = "X-Cairn-Elapsed-Ms";

    /// <summary>Which other engine answered; absent where the built-in one did.</summary>
    public const string Engine = "X-Cairn-Engine";

    public static void Set(HttpResponse response, Coverage coverage)
    {
        QueryMeter.Answered(response.HttpContext.Request.Path, coverage);
        if (coverage.DataUpToMs is { } ms) response.Headers[DataUpTo] = Iso(ms);
        response.Headers[RowsRead] = coverage.RowsRead.ToString(CultureInfo.InvariantCulture);
        response.Headers[BytesRead] = coverage.BytesRead.ToString(CultureInfo.InvariantCulture);
        response.Headers[CacheHits] = coverage.CacheHits.ToString(CultureInfo.InvariantCulture);
        response.Headers[CacheMisses] = coverage.CacheMisses.ToString(CultureInfo.InvariantCulture);
        response.Headers[ElapsedMs] = coverage.ElapsedMs.ToString("F1", CultureInfo.InvariantCulture);
        if (coverage.Engine is { } engine) response.Headers[Engine] = engine;
    }

    /// <summary>Unix milliseconds as ISO 8601; what lies outside the years 1 to 9999 is drawn to their ends.</summary>
    public static string Iso(long unixMs) => Moment(unixMs).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>A moment of the years 1 to 9999.</summary>
    public static DateTimeOffset Moment(long unixMs) => DateTimeOffset.FromUnixTimeMilliseconds(
        Math.Clamp(unixMs, DateTimeOffset.MinValue.ToUnixTimeMilliseconds(), DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()));
}
