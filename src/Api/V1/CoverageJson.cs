using System.Text.Json;
using Cairn.Api.Answers;
using Cairn.Query.Definitions;

namespace Cairn.Api.V1;

/// <summary>What an answer covers, as our own API says it.</summary>
static class CoverageJson
{
    /// <summary>Writes <c>"coverage": {…}</c> into the object that is open.</summary>
    public static void Write(Utf8JsonWriter json, Coverage coverage)
    {
        QueryMeter.Answered("/api/v1/", coverage);
        json.WriteStartObject("coverage");
        if (coverage.DataUpToMs is { } ms) json.WriteString("data_up_to", CoverageHeaders.Iso(ms));
        else json.WriteNull("data_up_to");
        json.WriteNumber("rows_read", coverage.RowsRead);
        json.WriteNumber("bytes_read", coverage.BytesRead);
        json.WriteNumber("elapsed_ms", Math.Round(coverage.ElapsedMs, 1));
        json.WriteNumber("cache_hits", coverage.CacheHits);
        json.WriteNumber("cache_misses", coverage.CacheMisses);
        if (coverage.Engine is { } engine) json.WriteString("engine", engine);
        if (coverage.InsteadOf is { } reason) json.WriteString("instead_of", reason);
        json.WriteEndObject();
    }
}
