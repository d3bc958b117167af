namespace Cairn.Storage.Recent;

/// <summary>
/// Where recent files lie and what their columns are called. A recent file holds the rows of one project, kind, stream and
/// partition that one consumer batch brought, as Parquet, and never changes.
/// </summary>
/// <remarks>
/// Name: <c>recent/{project}/{kind}/{stream}/{partition}/{first seq}-{last seq}-{unique}.parquet</c>, seqs as 20 digits so that
/// ordinal order is the stream's. Files may overlap after a redelivery: a row is taken once, by (seq, item index).
/// Property columns are named by type and the property's own name, so that any name is a legal column and two types of one
/// name are two columns: <c>s.plan</c> text, <c>n.price</c> double, <c>b.paid</c> boolean, <c>j.items</c> JSON text of a list or
/// an object; <c>g.company</c> holds group ids (text, or JSON text of a list under <c>gj.company</c>). A property that is null in the JSON is absent.
/// </remarks>
public static class RecentLayout
{
    public const string Folder = "recent/";

    /// <summary>Place in the stream: sequence number of the message (Int64), and index in it (Int32).</summary>
    public const string Seq = "seq", ItemIndex = "item_index";

    /// <summary>Columns of every kind: text id, timestamps in milliseconds UTC (Int64), the dialect's name in lower case.</summary>
    public const string ItemId = "item_id", ReceivedAt = "received_at", DialectName = "dialect", Sdk = "sdk";

    /// <summary>Ids as sent; null where absent.</summary>
    public const string DistinctId = "distinct_id", DeviceId = "device_id", UserId = "user_id";

    /// <summary>What makes a duplicate, as two Int64: <see cref="DuplicateKey"/>.</summary>
    public const string DuplicateHigh = "dup_hi", DuplicateLow = "dup_lo";

    /// <summary>Events: name, corrected time, time as sent (null where none was), insert id as sent (null where none was), session.</summary>
    public const string Event = "event", Time = "time", SentTime = "sent_time", InsertId = "insert_id", SessionId = "session_id", SkipsProfile = "skips_profile";

    /// <summary>Updates: the JSON object of operations; group updates also name their type, the id is in <see cref="DistinctId"/>.</summary>
    public const string Operations = "operations", GroupType = "group_type";

    /// <summary>Claims: the other id, and the rule's number (Int32).</summary>
    public const string OtherId = "other_id", LinkRule = "link_rule";

    /// <summary>Prefixes of property and group columns by type.</summary>
    public const string Text = "s.", Number = "n.", Boolean = "b.", Json = "j.", Group = "g.", GroupJson = "gj.";

    /// <summary>One JSON object of the properties past <see cref="MaxPropertyColumns"/>; null where a row has none.</summary>
    public const string Rest = "rest";

    /// <summary>Property and group columns in one file; what comes later goes to <see cref="Rest"/>, so that no sender can make a file of all columns.</summary>
    public const int MaxPropertyColumns = 2_000;

    /// <summary>The kinds' folders.</summary>
    public const string Events = "events", ProfileUpdates = "profile_updates", Identities = "identities", GroupUpdates = "group_updates";

    /// <summary>The name of a recent file.</summary>
    /// <param name="unique">Tells two writers of the same borders apart; [a-z0-9].</param>
    public static string FileName(string projectId, string kind, string streamId, int partition, long firstSeq, long lastSeq, string unique) =>
        $"{Folder}{projectId}/{kind}/{streamId}/{partition}/{firstSeq:D20}-{lastSeq:D20}-{unique}.parquet";
}
