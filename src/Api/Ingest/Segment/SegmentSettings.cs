using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.Ingest.Segment;

/// <summary>
/// GET /v1/projects/{write key}/settings, which Segment's browser SDK loads before anything else: without a 2xx it never sends a thing.
/// So it is answered for any key, from memory; a wrong key shows when events are sent.
/// </summary>
/// <remarks>
/// <c>Segment.io</c> must be among the integrations; it carries this server's own address, so that a page which only names its
/// <c>cdnURL</c> sends here too. <c>metrics.sampleRate</c> 0 keeps the SDK from sending counters of itself.
/// Source: analytics-next, packages/browser/src/browser/settings.ts and plugins/segmentio.
/// </remarks>
public static class SegmentSettings
{
    public static IResult Get(HttpRequest request, string writeKey)
    {
        if (Cors.TryAnswerPreflight(request.HttpContext)) return Results.Empty;
        var buffer = new ArrayBufferWriter<byte>(1024);
        using var writer = new Utf8JsonWriter(buffer);
        writer.WriteStartObject();
        writer.WriteStartObject("integrations"u8);
        WriteSegment(writer, request, writeKey);
        writer.WriteEndObject();
        WritePlan(writer);
        foreach (var name in (ReadOnlySpan<string>)["edgeFunction", "middlewareSettings", "enabledMiddleware"])
        {
            writer.WriteStartObject(name);
            writer.WriteEndObject();
        }
        writer.WriteBoolean("analyticsNextEnabled"u8, true);
        writer.WriteStartObject("metrics"u8);
        writer.WriteNumber("sampleRate"u8, 0);
        writer.WriteEndObject();
        writer.WriteBoolean("legacyVideoPluginsEnabled"u8, false);
        writer.WriteStartArray("remotePlugins"u8);
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.Flush();
        return new BytesResult(200, MediaTypes.Json, buffer.WrittenSpan.ToArray());
    }

    static void WriteSegment(Utf8JsonWriter writer, HttpRequest request, string writeKey)
    {
        writer.WriteStartObject("Segment.io"u8);
        writer.WriteString("apiKey"u8, writeKey);
        writer.WriteString("apiHost"u8, $"{request.Host.Value}/v1");
        writer.WriteString("protocol"u8, SchemeOf(request));
        writer.WriteStartArray("unbundledIntegrations"u8);
        writer.WriteEndArray();
        writer.WriteBoolean("addBundledMetadata"u8, true);
        writer.WriteStartObject("maybeBundledConfigIds"u8);
        writer.WriteEndObject();
        writer.WriteStartObject("versionSettings"u8);
        writer.WriteStartArray("componentTypes"u8);
        writer.WriteStringValue("browser"u8);
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    // Every call and event is allowed.
    static void WritePlan(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("plan"u8);
        foreach (var call in (ReadOnlySpan<string>)["track", "identify", "group"])
        {
            writer.WriteStartObject(call);
            writer.WriteStartObject("__default"u8);
            writer.WriteBoolean("enabled"u8, true);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
    }

    // Behind Azure's front end the connection is plain, and this header says what the browser used.
    static string SchemeOf(HttpRequest request) =>
        request.Headers["X-Forwarded-Proto"] is [{ Length: > 0 } forwarded, ..] && forwarded.StartsWith("https", StringComparison.OrdinalIgnoreCase)
            ? "https" : request.Scheme;
}
