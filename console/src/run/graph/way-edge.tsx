/** An edge along the way that the layout has chosen; a curve where it has chosen none, as at folded steps. */
import { BaseEdge, getBezierPath, type Edge, type EdgeProps } from '@xyflow/react';
import { memo } from 'react';

interface WayData extends Record<string, unknown> {
  /** A path of SVG; undefined: none was chosen. */
  readonly path: string | undefined;
}

export type WayEdgeType = Edge<WayData, 'way'>;

export const WayEdge = memo(function WayEdge(props: EdgeProps<WayEdgeType>) {
  const { id, data, style, sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition } = props;
  const [curve] = getBezierPath({ sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition });
  return <BaseEdge id={id} path={data?.path ?? curve} {...(style !== undefined && { style })} />;
});
