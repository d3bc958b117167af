using Cairn.Model;
using Cairn.Query.Filters;

namespace Cairn.Query.Scanning;

/// <summary>Whose events these are, and what is known of them: ids and profiles of one project at one moment.</summary>
public interface IPeople
{
    /// <summary>The person a row belongs to; null where it belongs to nobody.</summary>
    string? PersonOf(in RowIds ids);

    /// <summary>Whether rows of a dialect and of one distinct id may belong to several persons, by when they were received.</summary>
    bool DependsOnReceipt(Dialect dialect);

    /// <summary>A person's property now; undefined where the person has none.</summary>
    Value Current(string person, string property);

    /// <summary>A person's property as it was known when an event was received.</summary>
    Value AtEvent(in RowIds ids, string property);
}

/// <summary>What a row says about who it is from; null where it says nothing.</summary>
public readonly record struct RowIds(Dialect Dialect, string? DistinctId, string? DeviceId, string? UserId, long ReceivedAtMs, string? ItemId);

/// <summary>The people of a project, for the length of a report.</summary>
public interface IPeopleSource
{
    ValueTask<IPeople> OpenAsync(string projectId, CancellationToken cancellationToken);
}
