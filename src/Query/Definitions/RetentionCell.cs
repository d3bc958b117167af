using NodaTime;

namespace Cairn.Query.Definitions;

/// <summary>One number of a retention answer, to ask for the people behind it.</summary>
/// <param name="ComparedIndex">Which of the definition's compared filters; 0 without any.</param>
/// <param name="Keys">The series' breakdown values; empty: the series of all.</param>
/// <param name="Row">The first day of the row; null: all complete rows together, each person once.</param>
/// <param name="Bucket">Which bucket, from 0; null: all who were born.</param>
public sealed record RetentionCell(int ComparedIndex, IReadOnlyList<string> Keys, LocalDate? Row, int? Bucket);
