using Cairn.Query.Filters;
using Cairn.Query.Journeys;
using Cairn.Query.Scanning;

namespace Cairn.Query.Revenue;

/// <summary>The amount of money at each row: the first of several expressions that comes to a number.</summary>
/// <remarks>One worker's own.</remarks>
sealed class AmountReader(IReadOnlyList<CompiledExpression> places)
{
    readonly NumberReader[] readers = [.. places.Select(place => new NumberReader(place))];
    double[] amounts = [];
    double[] found = [];
    int[] rows = [];
    int[] indexes = [];

    /// <summary>The amounts of the matched rows that meet a condition; NaN where there is none, or the row does not meet it.</summary>
    /// <param name="bit">The condition, as a mask.</param>
    /// <returns>One for each matched row; good until the next call.</returns>
    public ReadOnlySpan<double> Read(PartColumns part, StepMatches matches, uint bit)
    {
        if (amounts.Length < matches.RowCount) (amounts, found, rows, indexes) = (new double[matches.RowCount], new double[matches.RowCount], new int[matches.RowCount], new int[matches.RowCount]);
        var result = amounts.AsSpan(0, matches.RowCount);
        result.Fill(double.NaN);
        var masks = matches.Masks;
        foreach (var reader in readers)
        {
            var count = 0;
            for (var i = 0; i < masks.Length; i++)
            {
                if ((masks[i] & bit) == 0 || !double.IsNaN(result[i])) continue;
                (rows[count], indexes[count]) = (matches.Rows[i], i);
                count++;
            }
            if (count == 0) break;
            reader.Read(part, rows.AsSpan(0, count), found.AsSpan(0, count));
            for (var i = 0; i < count; i++) result[indexes[i]] = found[i];
        }
        return result;
    }
}
