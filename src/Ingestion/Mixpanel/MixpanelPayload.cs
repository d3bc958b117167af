using Cairn.Ingestion.Bodies;

namespace Cairn.Ingestion.Mixpanel;

/// <summary>
/// The JSON inside a request, however it is wrapped: bare, as the field <c>data</c> of a form, in base64, of a multipart form or of
/// the URL; known by what it is and not by its content type. Text is valid UTF-8 afterwards, but where <see cref="IsValidUtf8"/> says otherwise.
/// </summary>
/// <remarks>
/// Seen: text/plain with a form inside (sendBeacon), a form type with JSON inside (Apps Script), gzip inside base64. Source: Mixpanel docs,
/// "Track Events", and the captures of their SDKs.
/// </remarks>
public readonly struct MixpanelPayload
{
    MixpanelPayload(RejectReason fault) => Fault = fault;

    MixpanelPayload(Memory<byte> json, bool isLines, bool isValidUtf8)
    {
        Json = json;
        IsLines = isLines;
        IsValidUtf8 = isValidUtf8;
    }

    /// <summary>None, or why there is no JSON: <see cref="RejectReason.MissingData"/>, <see cref="RejectReason.MalformedJson"/> or a fault of inflating.</summary>
    public RejectReason Fault { get; }

    /// <summary>Begins with <c>{</c> or <c>[</c>. A slice of the body's memory.</summary>
    public ReadOnlyMemory<byte> Json { get; }

    /// <summary>One object a line (NDJSON) rather than one document.</summary>
    public bool IsLines { get; }

    /// <summary>False only where invalid bytes were to be kept, so that the records that have them can be refused.</summary>
    public bool IsValidUtf8 { get; }

    /// <summary>Unwraps a request, in place.</summary>
    /// <param name="body">Its body; what lies in its memory is changed. Must not have a fault.</param>
    /// <param name="contentType">The header, or null.</param>
    /// <param name="query">The URL's query, which may hold <c>data</c>; a leading question mark is skipped.</param>
    /// <param name="keepsInvalidUtf8">Whether bytes that are no UTF-8 stay; otherwise U+FFFD takes their place.</param>
    /// <param name="flags">Gets what the form says and the URL didn't.</param>
    public static MixpanelPayload Unwrap(
        RequestBody body, string? contentType, ReadOnlySpan<char> query, bool keepsInvalidUtf8, ref MixpanelFlags flags)
    {
        var bytes = Trim(body.Bytes);
        if (BeginsAsJson(bytes.Span)) return OfJson(bytes, contentType, body, keepsInvalidUtf8);

        if (contentType is not null && contentType.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase))
        {
            // Part values are not percent-encoded, so they skip the form's decoding.
            if (MultipartBody.TryFind(bytes, contentType, "data", out var part)) return OfValue(Trim(part), body, keepsInvalidUtf8);
        }
        else
        {
            flags.AddForm(bytes.Span);
            if (FormBody.TryFind(bytes, "data"u8, out var field) && !field.IsEmpty) return OfField(field, body, keepsInvalidUtf8);
        }
        if (query is ['?', ..]) query = query[1..];
        foreach (var range in query.Split('&'))
        {
            var pair = query[range];
            if (pair.StartsWith("data=") && pair.Length > 5) return OfField(body.Add(pair[5..]), body, keepsInvalidUtf8);
        }
        return new(RejectReason.MissingData);
    }

    static MixpanelPayload OfField(Memory<byte> field, RequestBody body, bool keepsInvalidUtf8)
    {
        // Only JSON has spaces that a form could have written as a plus; in base64 a plus is itself.
        var length = FormBody.Decode(field.Span, plusIsSpace: BeginsAsEncodedJson(field.Span));
        return OfValue(Trim(field[..length]), body, keepsInvalidUtf8);
    }

    static MixpanelPayload OfValue(Memory<byte> value, RequestBody body, bool keepsInvalidUtf8)
    {
        if (value.IsEmpty) return new(RejectReason.MissingData);
        if (BeginsAsJson(value.Span)) return OfJson(value, null, body, keepsInvalidUtf8);
        var length = Base64Text.DecodeInPlace(value.Span);
        if (length < 0) return new(RejectReason.MalformedJson);
        var json = body.InflateInner(value[..length], MixpanelLimits.MaxBodyBytes, out var fault);
        if (fault != RejectReason.None) return new(fault);
        json = Trim(json);
        return BeginsAsJson(json.Span) ? OfJson(json, null, body, keepsInvalidUtf8) : new(RejectReason.MalformedJson);
    }

    static MixpanelPayload OfJson(Memory<byte> json, string? contentType, RequestBody body, bool keepsInvalidUtf8)
    {
        json = json[..Utf8Text.Repair(json.Span, out var isValid)];
        if (!isValid && !keepsInvalidUtf8)
        {
            var replaced = body.Rent(json.Length * Utf8Text.MaxReplacedBytesPerByte);
            json = replaced.AsMemory(0, Utf8Text.Replace(json.Span, replaced));
            isValid = true;
        }
        Utf8Text.RepairEscapes(json.Span);
        var isLines = json.Span[0] == '{' &&
            (contentType is not null && contentType.Contains("ndjson", StringComparison.OrdinalIgnoreCase) || MixpanelRecords.AreLines(json.Span));
        return new(json, isLines, isValid);
    }

    static bool BeginsAsJson(ReadOnlySpan<byte> text) => text.Length > 0 && text[0] is (byte)'{' or (byte)'[';

    static bool BeginsAsEncodedJson(ReadOnlySpan<byte> field)
    {
        while (field is [(byte)' ' or (byte)'+', ..]) field = field[1..];
        return BeginsAsJson(field) ||
            field is [(byte)'%', (byte)'5', (byte)'B' or (byte)'b', ..] or [(byte)'%', (byte)'7', (byte)'B' or (byte)'b', ..];
    }

    /// <summary>Without a byte order mark and white space at either end.</summary>
    static Memory<byte> Trim(Memory<byte> text)
    {
        if (text.Span.StartsWith("\uFEFF"u8)) text = text[3..];
        return text.Trim(" \t\r\n"u8);
    }
}
