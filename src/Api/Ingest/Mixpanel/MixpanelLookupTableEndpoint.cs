using System.Text;
using Cairn.Api.Authorization;
using Cairn.Ingestion;
using Cairn.Ingestion.Bodies;
using Cairn.Projects.Keys;
using Cairn.Projects.LookupTables;
using Cairn.Storage;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.Ingest.Mixpanel;

/// <summary><c>/lookup-tables</c>: the tables' names, and replacing one whole.</summary>
/// <remarks>Source: Mixpanel docs, "Lookup Tables API".</remarks>
public sealed class MixpanelLookupTableEndpoint(LookupTables tables, RequestAuthorization authorization, TimeProvider time)
{
    /// <summary>Bytes of a table, inflated: theirs is 100 MB; ours is held in memory while it is checked, and below what ASP.NET takes (30 MB).</summary>
    public const int MaxTableBytes = 25 * 1024 * 1024;

    const string Json = "application/json";

    static readonly BytesResult Replaced = new(200, Json, """{"code":200,"status":"OK"}""");

    static readonly BytesResult TooLarge =
        new(413, Json, $$"""{"code":413,"error":"request exceeds max limit of {{MaxTableBytes}} bytes","status":"Request Entity Too Large"}""");

    /// <summary>GET: the project's tables. A table's name is its id, for nothing else names it here.</summary>
    public async Task<IResult> ListAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (Cors.TryAnswerPreflight(request.HttpContext)) return Results.Empty;
        var caller = await authorization.CheckAsync(request, Role.Viewer, Denials.MixpanelImport, cancellationToken);
        if (caller.IsDenied(out var denial)) return denial;
        try
        {
            var ids = await tables.ListAsync(caller.Project.ProjectId, cancellationToken);
            var results = ids.Select(id => $$"""{"id":{{MixpanelAnswers.Quote(id)}},"name":{{MixpanelAnswers.Quote(id)}}}""");
            return new BytesResult(200, Json, $$"""{"code":200,"status":"OK","results":[{{string.Join(',', results)}}]}""");
        }
        catch (StorageUnavailableException)
        {
            return ImportAnswers.TryLater;
        }
    }

    /// <summary>PUT: replaces the table of this id, or makes it: there is no other place to make one.</summary>
    public async Task<IResult> ReplaceAsync(HttpRequest request, string tableId, CancellationToken cancellationToken)
    {
        if (Cors.TryAnswerPreflight(request.HttpContext)) return Results.Empty;
        var caller = await authorization.CheckAsync(request, Role.Analyst, Denials.MixpanelImport, cancellationToken);
        if (caller.IsDenied(out var denial)) return denial;
        if (Encoding.UTF8.GetByteCount(tableId) > LookupTables.MaxIdBytes) return NotFound(tableId);

        using var body = await IngestBody.ReadAsync(request, BodyLimits.OfBytes(MaxTableBytes), time, cancellationToken);
        if (body.HasNoRoom) return ImportAnswers.TryLater;
        if (body.Fault is RejectReason.BodyTooLarge or RejectReason.InflatedTooLarge) return TooLarge;
        if (body.Fault is RejectReason.BodyTooSlow or RejectReason.BrokenBody) return MixpanelAnswers.Unread(body.Fault);
        if (body.Fault != RejectReason.None) return Invalid(MixpanelMessages.Of(body.Fault, ""), []);

        var faults = LookupTableCsv.Check(body.Bytes.Span);
        if (faults.Count > 0) return Invalid("Some data points in the request failed validation.", faults);
        try
        {
            await tables.ReplaceAsync(caller.Project.ProjectId, tableId, body.Bytes, cancellationToken);
        }
        catch (StorageUnavailableException)
        {
            return ImportAnswers.TryLater;
        }
        return Replaced;
    }

    static BytesResult Invalid(string error, IReadOnlyList<LookupTableFault> faults)
    {
        var records = faults.Select(fault => $$"""{"index":{{fault.RowIndex}},"message":"{{Message(fault.Reason)}}"}""");
        return new(400, Json, $$"""{"code":400,"error":{{MixpanelAnswers.Quote(error)}},"status":"Bad Request","failed_records":[{{string.Join(',', records)}}]}""");
    }

    static BytesResult NotFound(string tableId) =>
        new(404, Json, $$"""{"code":404,"error":{{MixpanelAnswers.Quote($"Lookup table with id '{tableId}' was not found.")}},"status":"Not Found"}""");

    static string Message(LookupTableFaultReason reason) => reason switch
    {
        LookupTableFaultReason.BadHeader => "header names must be unique and cannot be blank",
        LookupTableFaultReason.BlankKey => "primary key is required and cannot be blank",
        LookupTableFaultReason.RepeatedKey => "primary key must be unique",
        LookupTableFaultReason.WrongFieldCount => "invalid row: wrong number of fields",
        LookupTableFaultReason.BadQuote => "invalid row: misplaced quote",
        LookupTableFaultReason.InvalidUtf8 => "invalid table: must be valid utf8",
    };
}
