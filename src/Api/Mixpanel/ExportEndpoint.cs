using System.IO.Compression;
using System.Text.Encodings.Web;
using System.Text.Json;
using Cairn.Api.Answers;
using Cairn.Projects.Keys;
using Cairn.Query.Definitions;
using Cairn.Query.Rows;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.Mixpanel;

/// <summary>Mixpanel's raw export: one JSON object a line, streamed, gzip where the client takes it.</summary>
/// <remarks>
/// Source: Mixpanel docs, "Download Data". A fault on the way ends the connection without the last chunk, so that a client sees that it has not all: the
/// vendor ends such a stream as if it were complete.
/// </remarks>
public sealed class ExportEndpoint(MixpanelDoor door, EventRows rows)
{
    /// <summary>Lines of one answer where the client asks for fewer. Source: "Download Data", limit.</summary>
    internal const int MaxLimit = 100_000;

    public Task<IResult> ExportAsync(HttpRequest request, CancellationToken cancellationToken) => door.AskAsync(request, Role.Analyst, async question =>
    {
        var range = question.RequiredDays();
        if (question.Parameters.Date("to_date") > question.Today) throw new MixpanelParameterException("to_date", "cannot be later than today");
        var names = question.Parameters.Texts("event");
        var selection = names is null ? EventSelection.Every("all") : new EventSelection("some", names);
        var limit = question.Parameters["limit"] is null ? long.MaxValue : question.Parameters.Whole("limit", 1, MaxLimit, MaxLimit);
        var definition = new RowsDefinition(question.Project, range, selection, question.Condition("where"));
        // Begun with the first rows at hand, so that a question that can't be asked still gets its 400.
        var opened = await rows.OpenAsync(definition, cancellationToken);
        CoverageHeaders.Set(request.HttpContext.Response, opened.Coverage);
        var lists = opened.Lists.GetAsyncEnumerator(cancellationToken);
        var hasRows = await lists.MoveNextAsync();
        return new ExportAnswer(lists, hasRows, limit, question.Parameters.Flag("time_in_ms"));
    }, cancellationToken);

    sealed class ExportAnswer(IAsyncEnumerator<IReadOnlyList<EventRow>> lists, bool hasRows, long limit, bool timeInMs) : IResult
    {
        /// <summary>Bytes gathered before they are sent.</summary>
        const int ChunkBytes = 64 * 1024;

        static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

        public async Task ExecuteAsync(HttpContext httpContext)
        {
            var (response, cancellationToken) = (httpContext.Response, httpContext.RequestAborted);
            await using var held = lists;
            response.ContentType = "text/plain; charset=utf-8";
            if (!hasRows) return;
            var compresses = httpContext.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.OrdinalIgnoreCase);
            if (compresses) response.Headers.ContentEncoding = "gzip";
            await using var output = compresses ? new GZipStream(response.Body, CompressionLevel.Fastest, leaveOpen: true) : response.Body;
            await WriteAllAsync(output, cancellationToken);
        }

        async Task WriteAllAsync(Stream output, CancellationToken cancellationToken)
        {
            using var buffer = new MemoryStream();
            using var json = new Utf8JsonWriter(buffer, Options);
            var left = limit;
            do
            {
                foreach (var row in lists.Current)
                {
                    if (left-- == 0) break;
                    Write(json, row);
                    json.Flush();
                    json.Reset();
                    buffer.WriteByte((byte)'\n');
                    if (buffer.Length >= ChunkBytes) await SendAsync(buffer, output, cancellationToken);
                }
                await SendAsync(buffer, output, cancellationToken);
            }
            while (left > 0 && await lists.MoveNextAsync());
        }

        static async Task SendAsync(MemoryStream buffer, Stream output, CancellationToken cancellationToken)
        {
            await output.WriteAsync(buffer.GetBuffer().AsMemory(0, (int)buffer.Length), cancellationToken);
            buffer.SetLength(0);
        }

        void Write(Utf8JsonWriter json, EventRow row)
        {
            json.WriteStartObject();
            json.WriteString("event", row.Name);
            json.WriteStartObject("properties");
            json.WriteNumber("time", timeInMs ? row.TimeMs : (long)Math.Floor(row.TimeMs / 1000.0));
            json.WriteString("distinct_id", row.Person ?? "");
            json.WriteString("$insert_id", row.InsertId ?? row.ItemId);
            json.WriteNumber("$mp_api_timestamp_ms", row.ReceivedAtMs);
            json.WriteNumber("mp_processing_time_ms", row.ReceivedAtMs);
            if (row.DeviceId is { } deviceId) json.WriteString("$device_id", deviceId);
            if (row.UserId is { } userId) json.WriteString("$user_id", userId);
            if (row.DistinctId is { } sent && sent != row.Person)
            {
                json.WriteString("$distinct_id_before_identity", sent);
                json.WriteBoolean("$is_reshuffled", true);
            }
            row.WriteProperties(json, name => name is not ("$mp_api_timestamp_ms" or "mp_processing_time_ms" or "$distinct_id_before_identity" or "$is_reshuffled"));
            row.WriteGroups(json, asLists: false);
            json.WriteEndObject();
            json.WriteEndObject();
        }
    }
}
