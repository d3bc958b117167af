using Cairn.Model.Profiles;
using Cairn.Query.Filters;
using Cairn.Storage.Profiles;

namespace Cairn.Query.Scanning;

/// <summary>A property of the group that an event has under a group key, as it is now: the same wherever the group is the same.</summary>
/// <param name="ids">The group's id, or a list of several.</param>
sealed class GroupProfileInput(PropertyInput ids, IGroupMap groups, PropertyReference property) : PropertyInput
{
    public override int KeyCount => ids.KeyCount;

    public override int KeyAt(int row) => ids.KeyAt(row);

    public override Value ValueAt(int row) => Of(ids.ValueAt(row), id => groups.Current(property.GroupKey!, id), property.Name);

    /// <summary>Of an event of several groups each one's, as a list; those that have none are passed over.</summary>
    public static Value Of(Value id, Func<string, Profile?> profileOf, string property)
    {
        if (id.Kind != ValueKind.List) return One(id);
        var values = new List<Value>();
        foreach (var one in id.Items)
            if (One(one) is { IsMissing: false } value) values.AddRange(value.Kind == ValueKind.List ? value.Items : [value]);
        return Value.Of(values);

        Value One(Value one) => one.IsMissing ? Value.Undefined : People.Of(profileOf(ValueText.Of(one)), property);
    }
}

/// <summary>A property of the group that an event has under a group key, as it was known at the event.</summary>
sealed class GroupAtEventInput(PropertyInput groupIds, IdColumns ids, IGroupMap groups, PropertyReference property) : PropertyInput
{
    public override int KeyCount => FirstKey;

    public override int KeyAt(int row) => Unkeyed;

    public override Value ValueAt(int row) =>
        GroupProfileInput.Of(groupIds.ValueAt(row), id => groups.AsOf(property.GroupKey!, id, ids.At(row).Receipt), property.Name);
}
