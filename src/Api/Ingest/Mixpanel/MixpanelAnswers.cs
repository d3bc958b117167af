using System.Text.Json;
using System.Text.RegularExpressions;
using Cairn.Ingestion;
using Cairn.Ingestion.Mixpanel;

namespace Cairn.Api.Ingest.Mixpanel;

/// <summary>The answers of <c>/track</c>, <c>/engage</c> and <c>/groups</c>, exact to the byte.</summary>
/// <remarks>
/// Node and C# compare the body with <c>1</c>, Swift and Go parse it, Python and Ruby want <c>status</c> 1 in JSON: so no newline, no
/// quotes, and the form follows the request's switches, never its <c>Accept</c>. Source: Mixpanel docs, "Track Events", responses.
/// </remarks>
static partial class MixpanelAnswers
{
    const string PlainText = "text/plain", Json = "application/json", Script = "text/javascript";

    /// <summary>Seconds until a sender should try again when nothing could be stored; SDKs back off further by themselves.</summary>
    const string RetrySeconds = "10";

    static readonly BytesResult One = new(200, PlainText, "1"), Zero = new(200, PlainText, "0");
    static readonly BytesResult VerboseGood = new(200, Json, """{"error":null,"status":1}""");

    /// <summary>One transparent pixel.</summary>
    static readonly BytesResult Pixel = new(200, "image/gif", Convert.FromBase64String("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"));

    static readonly BytesResult BadCallback = new(400, Json, """{"error":"callback, no name of a function","status":0}""");

    /// <summary>Not stored, and not the sender's fault: every SDK that can keep its records keeps them.</summary>
    public static BytesResult TryLater { get; } =
        new(503, Json, """{"error":"not all of it is stored, send it again later","status":0}""") { RetryAfterSeconds = RetrySeconds };

    static readonly BytesResult TooSlow = new(408, Json, """{"error":"request took too long to arrive","status":0}""") { ClosesConnection = true };
    static readonly BytesResult Broken = new(400, Json, """{"error":"request body is broken off or malformed","status":0}""") { ClosesConnection = true };

    /// <summary>The body never came whole: 408 where its sender was too slow, which SDKs send again, else 400.</summary>
    public static BytesResult Unread(RejectReason fault) => fault == RejectReason.BodyTooSlow ? TooSlow : Broken;

    /// <summary>One character, whatever else the request asks for.</summary>
    public static BytesResult Bare(bool isGood) => isGood ? One : Zero;

    /// <summary>At least one record was taken.</summary>
    /// <param name="goodCount">Given in a verbose answer, where <paramref name="tellsCount"/>: mixpanel-import counts by it.</param>
    public static BytesResult Good(in MixpanelFlags flags, int goodCount, bool tellsCount)
    {
        if (IsPlain(flags)) return flags.IsVerbose ? tellsCount ? Counted(goodCount) : VerboseGood : One;
        return Special(flags, flags.IsVerbose ? """{"error":null,"status":1}""" : "1");
    }

    /// <summary>Nothing was taken.</summary>
    public static BytesResult Bad(in MixpanelFlags flags, RejectReason reason, string field)
    {
        var verbose = flags.IsVerbose ? $$"""{"error":{{Quote(MixpanelMessages.Of(reason, field))}},"status":0}""" : "0";
        if (IsPlain(flags)) return flags.IsVerbose ? new(200, Json, verbose) : Zero;
        return Special(flags, verbose);
    }

    /// <summary>A text as JSON, with its quotes.</summary>
    public static string Quote(string text) => $"\"{JsonEncodedText.Encode(text, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";

    static bool IsPlain(in MixpanelFlags flags) => !flags.WantsImage && flags.Callback is null;

    static BytesResult Special(in MixpanelFlags flags, string value)
    {
        if (flags.WantsImage) return Pixel;
        // Whatever stood here would be run by the page: only a function's name may.
        return FunctionName().IsMatch(flags.Callback!) ? new(200, Script, $"{flags.Callback}({value});") : BadCallback;
    }

    static BytesResult Counted(int goodCount) => new(200, Json, $$"""{"error":null,"status":1,"num_good_events":{{goodCount}}}""");

    [GeneratedRegex(@"\A[A-Za-z_$][\w$.\[\]]{0,127}\z", RegexOptions.CultureInvariant)]
    private static partial Regex FunctionName();
}
