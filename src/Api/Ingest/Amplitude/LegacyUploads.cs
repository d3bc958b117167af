using System.Buffers.Text;
using System.Security.Cryptography;
using Cairn.Ingestion.Amplitude;
using Cairn.Ingestion;
using Cairn.Model;
using Cairn.Storage;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.Ingest.Amplitude;

/// <summary>POST /, the upload of the SDKs before 2020: amplitude-js up to 8, Amplitude-iOS and Amplitude-Android up to 2, Unity, Cordova.</summary>
/// <remarks>
/// A form of <c>client</c> (API key), <c>e</c> (JSON array), <c>v</c>, <c>upload_time</c> and, from amplitude-js, <c>checksum</c>. These SDKs
/// keep everything at any status but 200 and 413, so a bad event is left out and the rest is taken: an error would come back for ever.
/// </remarks>
public sealed class LegacyUploads(IIngestDoor door, IProjectDirectory projects, TimeProvider time)
{
    public async Task<IResult> UploadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (Cors.TryAnswerPreflight(request.HttpContext)) return Results.Empty;
        using var form = await IngestForm.ReadAsync(request, AmplitudeForms.Limits, time, cancellationToken);
        if (form.HasNoRoom) return FormReply.NotStored();
        if (form.Fault != RejectReason.None) return FormReply.Refused(form.Fault, "");
        var (apiKey, version, uploadTime, checksum) = (form.Take("client"), form.Take("v"), form.Take("upload_time"), form.Take("checksum"));
        var events = form.Take("e");
        if (apiKey.IsEmpty) return FormReply.Refused(RejectReason.MissingToken, "api_key");
        if (events.IsEmpty) return FormReply.Refused(RejectReason.MissingData, "e");
        if (!checksum.IsEmpty && !IsRight(checksum.Span, version.Span, apiKey.Span, events.Span, uploadTime.Span))
            return FormReply.Refused(RejectReason.WrongChecksum, "checksum");
        if (!System.Text.Unicode.Utf8.IsValid(events.Span)) return FormReply.Refused(RejectReason.InvalidUtf8, "e");
        Cairn.Ingestion.Bodies.Utf8Text.RepairEscapes(events.Span);

        using var batch = new ItemBatch(Dialect.Amplitude, time.GetUtcNow().ToUnixTimeMilliseconds());
        var uploadedAtMs = Utf8Parser.TryParse(uploadTime.Span, out long given, out _) ? given : 0;
        using var translator = new AmplitudeTranslator(batch, new(batch.ReceivedAtMs, uploadedAtMs), minIdChars: 1, FieldNames.Legacy);
        try
        {
            batch.RequestProject = await projects.FindByTokenAsync(apiKey, cancellationToken);
            if (batch.RequestProject is null) return FormReply.Refused(RejectReason.UnknownToken, "api_key");
            var fault = translator.AddEvents(events);
            if (!fault.IsAccepted) return FormReply.Refused(fault.Reason, fault.Field);
            await door.AcceptAsync(batch, cancellationToken);
        }
        catch (Exception e) when (e is StreamUnavailableException or StorageUnavailableException)
        {
            // Neither stream nor spool took them, or nobody can say now whose the key is.
            return FormReply.NotStored();
        }
        return FormReply.Accepted();
    }

    // Lower-case hexadecimal MD5 of the four texts, one behind the other.
#pragma warning disable CA5351 // The client's checksum is an MD5: it guards against damage, not against people.
    static bool IsRight(ReadOnlySpan<byte> checksum, ReadOnlySpan<byte> version, ReadOnlySpan<byte> apiKey, ReadOnlySpan<byte> events, ReadOnlySpan<byte> uploadTime)
    {
        using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        md5.AppendData(version);
        md5.AppendData(apiKey);
        md5.AppendData(events);
        md5.AppendData(uploadTime);
        Span<byte> hex = stackalloc byte[32];
        return Convert.TryToHexStringLower(md5.GetHashAndReset(), hex, out _) && System.Text.Ascii.EqualsIgnoreCase(hex, checksum);
    }
#pragma warning restore CA5351
}
