using Cairn.Model;
using Cairn.Model.Profiles;

namespace Cairn.Storage.Profiles;

/// <summary>The profiles of one project's groups.</summary>
public interface IGroupMap
{
    /// <summary>Every group that has a profile, by type and id, in no particular order.</summary>
    IEnumerable<(string Type, string Id)> Groups { get; }

    /// <summary>A group's properties by all updates; null where it has no profile.</summary>
    Profile? Current(string type, string id);

    /// <summary>A group's properties by the updates before a place, as they were for an event received there.</summary>
    Profile? AsOf(string type, string id, ReceiptOrder receipt);
}

sealed class GroupMap(IReadOnlyDictionary<string, ProfileHistory> histories) : IGroupMap
{
    public IEnumerable<(string Type, string Id)> Groups => histories.Where(group => group.Value.Current is not null).Select(group => GroupKey.Read(group.Key));

    public Profile? Current(string type, string id) => histories.GetValueOrDefault(GroupKey.Of(type, id))?.Current;

    public Profile? AsOf(string type, string id, ReceiptOrder receipt) => histories.GetValueOrDefault(GroupKey.Of(type, id))?.AsOf(receipt);
}
