using Cairn.Storage.Recent;

namespace Cairn.Storage.Rows;

/// <summary>What the columns of stored rows are called, in recent files and in the lake's alike once they are read.</summary>
/// <remarks>
/// Property columns are named by type and the property's own name, so that any name is a legal column and two types of one
/// name are two columns: <c>s.plan</c> text, <c>n.price</c> double, <c>b.paid</c> boolean, <c>j.items</c> JSON text of a list or
/// an object; <c>g.company</c> holds group ids (text, or JSON text of a list under <c>gj.company</c>). A property that is null in the JSON is absent.
/// </remarks>
public static class RowLayout
{
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

    /// <summary>What a group's name begins with in <see cref="Rest"/>, before its type.</summary>
    public static ReadOnlySpan<byte> RestGroup => "cairn.group:"u8;

    /// <summary>The same as text.</summary>
    public const string RestGroupText = "cairn.group:";

    /// <summary>Property and group columns in one file; what comes later goes to <see cref="Rest"/>, so that no sender can make a file of all columns.</summary>
    public const int MaxPropertyColumns = 2_000;

    /// <summary>The kinds' folders.</summary>
    public const string Events = "events", ProfileUpdates = "profile_updates", Identities = "identities", GroupUpdates = "group_updates";
}
