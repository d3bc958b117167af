using System.Globalization;
using System.Text;
using Cairn.Behaviour.Support;
using Cairn.Model.Profiles;
using Cairn.Support.Profiles;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Cairn.Behaviour.Model.Profiles;

public class Folding_updates_in_any_order
{
    static readonly string[] Values = ["1", "2", "-3", "\"a\"", "\"b\"", "[1,\"a\"]", "[\"b\",\"b\",2]", "true", "{\"x\":1}", "[]"];

    [Fact]
    public void Agrees_with_the_oracle_whatever_the_delivery() => Prop.ForAll(Deliveries().ToArbitrary(), delivery =>
    {
        var history = ProfileHistory.Empty;
        foreach (var batch in delivery.Arrived.Chunk(delivery.BatchSize))
        {
            history = history.With(batch);
            // Looking in between leaves folds behind that later ones build on.
            if (batch[0].Order.Item.Index % 2 == 0) Assert.Equal(UpdateStory.Text(ProfileHistory.Of(history.Updates.ToArray()).Current), UpdateStory.Text(history.Current));
        }
        var oracle = new NaiveProfile();
        foreach (var update in delivery.Updates.OrderBy(update => update.Order))
        {
            Assert.Equal(oracle.ToString(), UpdateStory.Text(history.AsOf(update.Order)));
            oracle.Apply(Encoding.UTF8.GetString(update.Operations.Span));
        }
        Assert.Equal(oracle.ToString(), UpdateStory.Text(history.Current));
    }).Hold(this, 500, 30_000);

    [Fact]
    public void Counts_an_item_id_once() => Prop.ForAll(Gen.ListOf(Gen.Choose(-1000, 1000)).ToArbitrary(), numbers =>
    {
        var updates = numbers.Select((number, index) => Update(index, 1, string.Create(CultureInfo.InvariantCulture, $$$"""{"add": {"n": {{{number}}}.01}}"""))).ToArray();
        var history = ProfileHistory.Empty.With(updates).With([.. updates.Reverse()]).With(updates);
        var sum = numbers.Aggregate(0m, (sum, number) => sum + number + (number < 0 ? -0.01m : 0.01m));
        if (updates.Length == 0) Assert.Null(history.Current);
        else Assert.Equal(sum, decimal.Parse(history.Current!["n"]!.Text, CultureInfo.InvariantCulture));
    }).Hold(this, 500, 30_000);

    sealed record Delivery(ProfileUpdate[] Updates, ProfileUpdate[] Arrived, int BatchSize)
    {
        public override string ToString() => string.Join('\n', Updates.Select(update => $"{update.Order.ReceivedAtMs}.{update.Order.Item.Index} {Encoding.UTF8.GetString(update.Operations.Span)}"))
            + "\narrived " + string.Join(' ', Arrived.Select(update => update.Order.Item.Index)) + $" by {BatchSize}";
    }

    static Gen<Delivery> Deliveries() =>
        from bodies in Gen.ListOf(Gen.Zip(Body(), Gen.Choose(1, 9)))
        let updates = bodies.Select((body, index) => Update(index, body.Item2, body.Item1)).ToArray()
        from shuffled in Gen.Shuffle(updates)
        from again in Gen.SubListOf(updates)
        from batchSize in Gen.Choose(1, 4)
        select new Delivery(updates, [.. shuffled, .. again], batchSize);

    static Gen<string> Body() =>
        from operations in Gen.NonEmptyListOf(Operation())
        select "{" + string.Join(",", operations.DistinctBy(operation => operation.Split(':')[0])) + "}";

    static Gen<string> Operation() =>
        from operation in Gen.Elements("set", "set_once", "add", "append", "prepend", "union", "union_first", "remove", "unset", "set", "append", "clear_all", "delete")
        from name in Gen.Elements("p", "q")
        from value in Gen.Elements(Values)
        select operation switch
        {
            "unset" => $"""
                "unset":["{name}"]
                """,
            "clear_all" or "delete" => $"""
                "{operation}":true
                """,
            _ => $$"""
                "{{operation}}":{"{{name}}":{{value}}}
                """,
        };

    static ProfileUpdate Update(int index, int atMs, string body) => new(new(atMs, new(3, 3, index)), Encoding.UTF8.GetBytes(body));
}
