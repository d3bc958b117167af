using System.Text.Json;
using Cairn.Query.Definitions;
using Cairn.Query.Retention;

namespace Cairn.Query.ClickHouse;

/// <summary>Answers retention by ClickHouse: what a statement counted, joined as the built-in engine joins what its workers counted.</summary>
static class RetentionThere
{
    public static async Task<RetentionAnswer> AnswerAsync(RetentionDefinition definition, Func<AskedLake> lake, Asker ask, CancellationToken cancellationToken)
    {
        var plan = new RetentionPlan(definition);
        var table = new Table(plan);
        await foreach (var row in ask(RetentionStatement.Of(plan, lake()), cancellationToken)) table.Add(row);
        return new RetentionJoin(plan, [table]).Answer(new(null, 0, 0, 0));
    }

    sealed class Table(RetentionPlan plan) : IRetentionTable
    {
        readonly Cells[] overall = [.. plan.Compared.Select(_ => new Cells(plan.Rules))];
        readonly Dictionary<(int Compared, string Name), (string[] Keys, Cells Cells)> named = [];

        public IRetentionCells Overall(int compared) => overall[compared];

        public IEnumerable<(string[] Keys, IRetentionCells Cells)> Of(int compared) => named.Where(one => one.Key.Compared == compared).Select(one => (one.Value.Keys, (IRetentionCells)one.Value.Cells));

        public void Add(JsonElement[] row)
        {
            var (compared, isWhole) = (row[0].GetInt32(), row[1].GetInt32() == 1);
            string[] keys = [.. row[2].EnumerateArray().Select(key => key.GetString()!)];
            var cells = overall[compared];
            if (!isWhole)
            {
                var name = (compared, Segmentation.SeriesName.TextOf(keys));
                if (!named.TryGetValue(name, out var known)) named.Add(name, known = (keys, new(plan.Rules)));
                cells = known.Cells;
            }
            cells.Add(row[3].GetInt32(), row[4].GetInt32(), row[5].GetInt32(), [.. row[6].EnumerateArray().Select(count => count.GetInt32())]);
        }
    }

    sealed class Cells(RetentionRules rules) : IRetentionCells
    {
        public int[] Sizes { get; } = new int[rules.RowCount];

        public int[]?[] Counts { get; } = new int[rules.RowCount][];

        public double[]?[] Sums { get; } = [];

        public int People { get; private set; }

        public int[] PeopleByComplete { get; } = new int[rules.BucketCount + 1];

        public int[] TogetherCounts { get; } = new int[rules.BucketCount];

        public void Add(int birthRow, int complete, int people, int[] counts)
        {
            if (birthRow != RetentionStatement.Together)
            {
                (Sizes[birthRow], Counts[birthRow]) = (people, counts);
                return;
            }
            People += people;
            PeopleByComplete[complete] += people;
            for (var bucket = 0; bucket < counts.Length; bucket++) TogetherCounts[bucket] += counts[bucket];
        }
    }
}
