using Cairn.Ingestion;

namespace Cairn.Api.Ingest.Mixpanel;

/// <summary>What Mixpanel says about each reason for which a record or a whole request is turned away.</summary>
/// <remarks>
/// Sources: Mixpanel docs, "Import Events" (responses 400, 401, 413); texts that the page does not have follow its pattern.
/// The tool mixpanel-import compares the text of a missing distinct_id to learn the project's identity system.
/// </remarks>
static class MixpanelMessages
{
    /// <summary>The sentence for one record.</summary>
    /// <param name="reason">Not <see cref="RejectReason.None"/>.</param>
    /// <param name="field">The wire name at fault; empty where none is.</param>
    public static string Of(RejectReason reason, string field) => reason switch
    {
        RejectReason.None => "",
        RejectReason.MalformedJson => $"{(field == "data" ? field : "record")} is invalid: must be valid JSON",
        RejectReason.NotAnObject => "record is invalid: must be an object",
        RejectReason.InvalidUtf8 => $"{Named(field)} is invalid: string should be valid utf8",
        RejectReason.MissingData => "data, missing or empty",
        RejectReason.BrokenBody => "data, broken off or malformed",
        RejectReason.WrongChecksum => "data, wrong checksum",
        RejectReason.MissingName => "'event' is invalid: must not be missing",
        RejectReason.NameTooLong => $"{Quoted(field)} is invalid: must not have a name that long",
        RejectReason.MissingProperties => "'properties' is invalid: must not be missing",
        RejectReason.MissingDistinctId => $"{Quoted(field)} is invalid: must not be missing",
        RejectReason.IdTooLong => $"{Quoted(field)} is invalid: must not be that long",
        RejectReason.IdTooShort => $"{Quoted(field)} is invalid: must not be that short",
        RejectReason.BlockedId => $"{Quoted(field)} is invalid: must not be an id that stands for nobody",
        RejectReason.MissingTime or RejectReason.InvalidTime => "'properties.time' is invalid: must be specified as seconds since epoch",
        RejectReason.TooOld => "'properties.time' is invalid: must be after January 1st, 1971 and within the age that is accepted",
        RejectReason.InFuture => "'properties.time' is invalid: must not be more than 1 hour in the future",
        RejectReason.MissingInsertId => "'$insert_id' is invalid: must not be missing",
        RejectReason.InvalidInsertId => "'$insert_id' is invalid: must only contain alphanumeric or hyphen '-' characters",
        RejectReason.MissingToken => "token, missing or empty",
        RejectReason.UnknownToken => "token, unknown",
        RejectReason.InvalidCredentials => "Invalid credentials",
        RejectReason.InvalidType => $"{Quoted(field)} is invalid: must be of another type",
        RejectReason.TooManyProperties => $"{Quoted(field)} is invalid: must have fewer properties",
        RejectReason.TooDeep => $"{Quoted(field)} is invalid: must not be nested that deep",
        RejectReason.ValueTooLong => $"{Quoted(field)} is invalid: must not be that long",
        RejectReason.TooManyItems => "request exceeds max limit of 2000 records",
        RejectReason.RecordTooLarge => "record is invalid: must be smaller than 1000000 bytes",
        RejectReason.BodyTooLarge or RejectReason.InflatedTooLarge => "request exceeds max limit of 10485760 bytes",
        RejectReason.MalformedGzip => "data, no valid gzip",
        RejectReason.BodyTooSlow => "request took too long to arrive",
        RejectReason.UnknownOperation => "record is invalid: must have an operation such as '$set'",
        RejectReason.MissingGroupKey => "'$group_key' is invalid: must not be missing",
        RejectReason.MissingGroupId => "'$group_id' is invalid: must not be missing",
        RejectReason.IdentityEventNotAllowed => "identity events are not allowed when project is using simplified identity management",
        RejectReason.OptedOut => "record is ignored: its sender asked not to be tracked",
        RejectReason.Suppressed => "record is ignored: the person is not tracked",
        RejectReason.Blocked => "'event' is ignored: it is blocked in this project",
    };

    /// <summary>
    /// Whether a record that is turned away for this reason is told as good on the SDK endpoints: the hosted service answers 1 for a
    /// token it does not know and for events too old for <c>/track</c>. Source: Mixpanel docs, "Track Events".
    /// </summary>
    public static bool IsToldAsGood(RejectReason reason) => reason is RejectReason.UnknownToken or RejectReason.TooOld;

    static string Quoted(string field) => field.Length == 0 ? "record" : $"'{field}'";

    static string Named(string field) => field.Length == 0 ? "record" : field;
}
