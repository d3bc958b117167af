using Cairn.Query.Filters;
using Cairn.Storage.Profiles;

namespace Cairn.Query.Scanning;

/// <summary>A property of the group that an event has under a group key, as it is now: the same wherever the group is the same.</summary>
/// <param name="ids">The group's id, or a list of several.</param>
sealed class GroupProfileInput(PropertyInput ids, IGroupMap groups, PropertyReference property) : PropertyInput
{
    public override int KeyCount => ids.KeyCount;

    public override int KeyAt(int row) => ids.KeyAt(row);

    /// <summary>Of an event of several groups each one's, as a list; those that have none are passed over.</summary>
    public override Value ValueAt(int row)
    {
        var id = ids.ValueAt(row);
        if (id.Kind != ValueKind.List) return Of(id);
        var values = new List<Value>();
        foreach (var one in id.Items)
            if (Of(one) is { IsMissing: false } value) values.AddRange(value.Kind == ValueKind.List ? value.Items : [value]);
        return Value.Of(values);
    }

    Value Of(Value id) => id.IsMissing ? Value.Undefined : People.Of(groups.Current(property.GroupKey!, ValueText.Of(id)), property.Name);
}
